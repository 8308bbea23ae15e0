"""The room's refusals in words."""

from flask_babel import lazy_gettext as _l

from crm.web import refusals

refusals.register(
    {
        "funds_no_proof": _l("首笔到资须有到资凭证，请上传或选择已有附件"),
        "funds_not_standing": _l("这笔到资刚被更正或作废，请重新选择"),
        "funds_not_chosen": _l("请选择一笔到资"),
    }
)
