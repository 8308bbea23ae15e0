"""What every lead of a family of phases and expansions counts, worked out anew."""

from sqlalchemy import update

from crm.core.db import db
from crm.leads.models import Lead
from crm.leads.queries import phases
from crm.leads.rules.phases import less_of


def recount(lead: Lead) -> None:
    """Leave out of each lead of this one's family what others count; of a lead without family nothing. Written past the session
    and past the leads' versions: who edits another phase meanwhile typed none of this.
    """
    if lead.id is None or not phases.has_family([lead.id]):
        return
    db.session.flush()
    count_family(phases.family_ids(lead.id))


def count_family(ids: list[int]) -> None:
    """The same for leads that are, or were, a family."""
    nodes = phases.nodes_of(ids)
    less = less_of(nodes)
    for node in nodes:
        one = less[node.id]
        values = {
            "less_cny": one.cny or None, "less_usd": one.usd or None,
            "total_cny": _without(node.stated.cny, one.cny), "contracted_usd": _without(node.stated.usd, one.usd),
        }  # fmt: skip
        db.session.execute(
            update(Lead).where(Lead.id == node.id).values(**values), execution_options={"synchronize_session": False}
        )
    for lead in [one for one in db.session.identity_map.values() if isinstance(one, Lead) and one.id in less]:
        db.session.expire(lead, ["less_cny", "less_usd", "total_cny", "contracted_usd", "total_order"])


def _without(stated: int | None, less: int) -> int | None:
    return None if stated is None else stated - less
