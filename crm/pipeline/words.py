"""The room's refusals in words."""

from flask_babel import lazy_gettext as _l

from crm.web import refusals

refusals.register(
    {
        "same_stage": _l("项目已在这个阶段"),
        "stage_in_future": _l("阶段日期不能晚于今天"),
        "stage_before_last": _l("阶段日期不能早于上一次变更（%(last)s）"),
    }
)
