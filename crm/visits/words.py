"""The room's codes in words."""

from flask_babel import lazy_gettext as _l

from crm.web import refusals, words

words.register(
    "interaction",
    {
        "talks": _l("洽谈"),
        "visit": _l("走访"),
        "incoming": _l("来访"),
        "reception": _l("会见"),
        "call": _l("电话"),
        "other": _l("其他往来"),
    },
)
refusals.register({"date_in_future": _l("日期不能晚于今天")})
