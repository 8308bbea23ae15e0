"""First funds of the demo that are milestone and line of the ledger at once."""

from datetime import datetime, timedelta

from sqlalchemy import select

from crm.accounts import queries as accounts
from crm.core import clock
from crm.core.db import db
from crm.core.money import Money
from crm.demo.milestones import SAMPLE
from crm.funds import services
from crm.leads.models import Lead
from crm.leads.rules.lead import Stage, Status
from crm.money import services as money
from crm.money.rules import NewReceipt, SlipsUnchecked
from crm.money.services import Proof
from crm.pipeline import queries as pipeline
from crm.pipeline.rules import Kind

_MOST = 3


def make_first_funds(now: datetime, root: str) -> int:
    """A few signed projects of Nanshan; how many. Call inside a unit of work, after the milestones and the money."""
    owner = accounts.by_username("officer.nanshan")
    assert owner is not None
    query = select(Lead).where(
        Lead.is_demo, Lead.owner_id == owner.id, Lead.stage == Stage.SIGNED, Lead.status == Status.ACTIVE,
        Lead.contracted_usd > 0, Lead.merged_into_id.is_(None),
    )  # fmt: skip
    on, made = clock.city_day(now - timedelta(days=2)), 0
    for lead in list(db.session.scalars(query.order_by(Lead.id.desc()))):
        held = pipeline.held(lead.id)
        kinds = {one.kind for one in held}
        if (
            made == _MOST
            or not held
            or any(one.on > on for one in held)
            or Kind.REGISTERED not in kinds
            or Kind.FIRST_FUNDS in kinds
        ):
            continue
        wan = max((lead.contracted_usd or 0) // 5_000_000, 20)
        new = NewReceipt(Money.of(wan * 10_000, "USD"), on)
        checked = ""
        try:
            money.weigh(lead, new, "", now=now)
        except SlipsUnchecked as doubt:
            checked = str(doubt.facts["signature"])
        proof = Proof(f"银行入账回单-{on:%Y%m%d}.pdf", SAMPLE)
        services.add_first_funds(lead.public_id, new, proof, checked=checked, root=root, actor=owner.as_actor(), now=now)
        made += 1
    return made
