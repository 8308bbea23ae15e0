"""Expected days of the demo's milestones: most kept, some moved once or often with a reason, some overdue."""

import random
from datetime import date, datetime, timedelta

from sqlalchemy import select

from crm.core import clock
from crm.core.db import db
from crm.leads.models import Lead
from crm.leads.rules.lead import Stage, Status
from crm.pipeline import queries
from crm.pipeline import services as pipeline
from crm.pipeline.models import ExpectedDate
from crm.pipeline.rules import passed

SEED = 20261127
_REASONS = (
    "总部投资委员会延后一个季度审议", "环评批复晚于预期", "厂房交付时间调整", "外汇登记材料补正", "施工许可办理中", "客户认证周期延长",
)  # fmt: skip
_SHARE = {Stage.NEGOTIATING: 0.35, Stage.SIGNED: 0.7, Stage.UNDER_CONSTRUCTION: 0.7}
_GAPS = (45, 60, 75, 120)


def make_expected(now: datetime) -> int:
    """Promises as owners would have made and moved them; how many rows. Call inside a unit of work, after the milestones."""
    dice, made = random.Random(SEED), 0  # noqa: S311 - invented data wants a seed
    query = select(Lead).where(
        Lead.is_demo, Lead.merged_into_id.is_(None), Lead.status == Status.ACTIVE, Lead.stage.in_(sorted(_SHARE))
    )
    for lead in list(db.session.scalars(query.order_by(Lead.id))):
        if dice.random() < _SHARE[Stage(lead.stage)]:
            made += _promise(lead, dice, now)
    return made


def _promise(lead: Lead, dice: random.Random, now: datetime) -> int:
    """The next two milestones of a lead: overdue now and then, moved up to four times."""
    done = passed(one.kind for one in queries.held(lead.id))
    coming = [kind for kind in queries.gates().expectable(queries.type_of(lead)) if kind not in done][:2]
    today, made = clock.city_day(now), 0
    on = today + timedelta(days=dice.randint(-20, -3) if dice.random() < 0.18 else dice.randint(10, 150))
    by = lead.owner_id or lead.registered_by_id
    for kind in coming:
        moves = dice.choices((0, 1, 2, 4), (55, 25, 14, 6))[0]
        days = [on - timedelta(days=dice.randint(15, 50) * left) for left in range(moves, -1, -1)]
        at = max(lead.registered_at + timedelta(hours=2), now - timedelta(days=40 * (moves + 1)))
        old: date | None = None
        for new in days:
            reason = dice.choice(_REASONS) if old else None
            db.session.add(ExpectedDate(lead_id=lead.id, kind=kind, old_on=old, new_on=new, reason=reason, by_id=by, at=at))
            old, at, made = new, min(at + timedelta(days=dice.randint(20, 35)), now - timedelta(hours=1)), made + 1
        on += timedelta(days=dice.choice(_GAPS))
    db.session.flush()
    pipeline.note_expected(lead)
    return made
