"""The room's refusals in words."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from crm.money.models import Receipt
from crm.web import fmt, refusals

refusals.register(
    {
        "funds_no_proof": _l("首笔到资须有到资凭证，请上传或选择已有附件"),
        "funds_not_standing": _l("这笔到资刚被更正或作废，请重新选择"),
        "funds_not_chosen": _l("请选择一笔到资"),
    }
)


def against(instead: Receipt) -> str:
    """What happened to the arrival that a milestone of first funds stands for."""
    facts = {"day": fmt.day(instead.entered_at), "name": instead.entered_by.name, "why": instead.reason or ""}
    if not instead.amount:
        return _("依据的这笔到资已作废（%(day)s %(name)s：%(why)s）", **facts)
    facts |= {"sum": fmt.money(instead.amount, instead.currency), "on": fmt.day(instead.received_on)}
    return _("依据的这笔到资已更正为 %(sum)s、%(on)s（%(day)s %(name)s：%(why)s）", **facts)
