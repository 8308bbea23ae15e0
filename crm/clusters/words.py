"""The room's codes in words."""

from flask_babel import lazy_gettext as _l

from crm.web import words

words.register("cluster_kind", {"strategic": _l("战略性新兴产业"), "future": _l("未来产业"), "outside": _l("20+8 以外")})
words.register(
    "crosswalk",
    {
        "unchanged": _l("未变"), "renamed": _l("更名"), "merged": _l("合并"), "added": _l("新增"),
        "split_or_new": _l("拆分或新设"), "renamed_widened": _l("更名并扩展"), "promoted_and_widened": _l("升格并扩展"),
        "dropped_suggested_home": _l("移出，建议归入"),
    },
)  # fmt: skip
