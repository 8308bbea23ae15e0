"""Go-live in words."""

from flask_babel import lazy_gettext as _l

from crm.web import words

words.register("go_live_kind", {"company": _l("同一企业"), "group": _l("同一集团"), "pair": _l("疑似重复")})
words.register(
    "go_live_basis",
    {
        "registered": _l("仅登记日"),
        "talks": _l("首谈，附佐证"),
        "progress": _l("有效进展，附佐证"),
        "imported": _l("导入台账所载首谈"),
    },
)
words.register("go_live_answer", {"holder": _l("确定首报归属"), "different": _l("不同项目"), "merged": _l("已归并")})
