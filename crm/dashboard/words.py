"""Dashboards in words."""

from flask_babel import lazy_gettext as _l

from crm.web import words

words.register("spell", {"month": _l("本月"), "year": _l("今年"), "twelve": _l("近12个月"), "ever": _l("全部")})
words.register(
    "lack",
    {
        "cluster": _l("产业集群"),
        "country": _l("国家/地区"),
        "amount": _l("总投资"),
        "next": _l("下一步"),
        "proof": _l("阶段凭据"),
    },
)
