"""The room's codes in words."""

from flask_babel import lazy_gettext as _l

from crm.web import refusals, words

words.register(
    "unit_kind",
    {
        "city_office": _l("市级机构"),
        "headquarters": _l("指挥部"),
        "district": _l("区"),
        "department": _l("主管部门"),
        "overseas_office": _l("驻外机构"),
        "subdistrict": _l("街道"),
        "task_force": _l("招商专班"),
    },
)
refusals.register(
    {
        "unit_code_taken": _l("代码 %(unit_code)s 已有单位使用"),
        "unit_follows": _l("专班还在跟进 %(count)s 个项目，请先流转给其他单位再停用"),
    }
)
