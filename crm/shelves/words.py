"""Saved views in words."""

from flask_babel import lazy_gettext as _l

from crm.web import refusals, words

words.register("view_reach", {"mine": _l("仅本人"), "unit": _l("本单位及下级单位"), "city": _l("全市")})
words.register("view_place", {"list": _l("清单"), "board": _l("看板")})
words.register(
    "list_filter",
    {
        "stage": _l("阶段"),
        "scope": _l("范围"),
        "unit": _l("跟进单位"),
        "district": _l("拟落户区"),
        "cluster": _l("产业集群"),
        "country": _l("国家/地区"),
        "owner": _l("负责人"),
        "band": _l("总投资"),
        "from": _l("登记日期"),
        "to": _l("登记日期"),
        "admitted": _l("入库"),
        "admitted_from": _l("新增入库"),
        "admitted_to": _l("新增入库"),
        "claim": _l("首报"),
        "reached": _l("阶段"),
        "sort": _l("排序"),
        "group": _l("分组小计"),
        "col": _l("显示的列"),
        "q": _l("查找文字"),
    },
)
refusals.register(
    {
        "view_name_taken": _l("已有同名的视图，请换一个名称"),
        "view_name_needed": _l("请填写视图名称"),
        "view_shelf_full": _l("最多保存 %(most)d 个视图，请先删除不用的"),
        "view_too_long": _l("条件过多，无法保存为视图"),
    }
)
