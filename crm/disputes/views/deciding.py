"""The decision: the coordinator's, also one taken by telephone, and after a review the headquarters'."""

from decimal import Decimal
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.accounts import queries as accounts
from crm.core import clock
from crm.credit import queries as credit
from crm.credit.rules import FULL, Indicator
from crm.disputes import queries, services
from crm.disputes.forms import PART, DecideForm, decide_form
from crm.disputes.queries import Seen
from crm.disputes.rules import DisputeClosed, DisputeState
from crm.disputes.views.blueprint import bp
from crm.policy import rules as policy
from crm.policy.rules import WORKS_IN_A_UNIT
from crm.units import queries as units
from crm.web.acts import stored
from crm.web.guards import allowed, current_actor
from crm.web.locale import html_lang


@bp.get("/disputes/<string:public_id>/decide")
@allowed("dispute", "decide")
def decide(public_id: str) -> ResponseReturnValue:
    """The coordinator's form."""
    return _page(public_id, "decide", DisputeState.OPEN)


@bp.post("/disputes/<string:public_id>/decide")
@allowed("dispute", "decide")
def decide_now(public_id: str) -> ResponseReturnValue:
    """Decide."""
    return _store(public_id, services.decide, _("决定已生效，各方已收到通知"))


@bp.get("/disputes/<string:public_id>/review")
@allowed("dispute", "review")
def review(public_id: str) -> ResponseReturnValue:
    """The headquarters' form, filled with the decision as it stands."""
    return _page(public_id, "review", DisputeState.UNDER_REVIEW)


@bp.post("/disputes/<string:public_id>/review")
@allowed("dispute", "review")
def review_now(public_id: str) -> ResponseReturnValue:
    """Decide for good."""
    return _store(public_id, services.review, _("复核决定已生效，各方已收到通知"))


def _page(public_id: str, action: str, state: DisputeState) -> ResponseReturnValue:
    found = _due(public_id, action, state)
    return render_template("disputes/decide.html", one=found, form=_form(found, **_present(found)), message="")


def _store(public_id: str, verb: Any, done: str) -> ResponseReturnValue:
    found, actor = queries.visible_dispute(public_id, actor=current_actor()), current_actor()
    form = _form(found)

    def do() -> str:
        made: str = verb(public_id, form.to_decision(), actor=actor, now=clock.now()).public_id
        return made

    return stored(form, do, "disputes/decide.html", done, "disputes.show", scope=public_id, one=found)


def _due(public_id: str, action: str, state: DisputeState) -> Seen:
    """The dispute for somebody who may do `action` to it, while it is in the state in which that is due."""
    found = queries.visible_dispute(public_id, actor=current_actor())
    policy.require(found.standing, "dispute", action, seen_by="read")
    if found.dispute.state != state:
        raise DisputeClosed
    return found


def _form(found: Seen, **values: Any) -> DecideForm:
    """Sides first; their people, and a share of attribution for each and whoever is credited today."""
    lang, labels = html_lang(), units.labels()
    first = [side.unit_id for side in found.dispute.sides]
    held = credit.shares(found.leads[0].id, Indicator.SIGNED, clock.today())
    concerned = [labels[unit_id] for unit_id in dict.fromkeys([*first, *held])]
    form = decide_form(concerned, lang, **values)
    others = [unit for unit in labels.values() if not unit.retired and unit.id not in first]
    everybody = [(unit.id, unit.name(lang)) for unit in [*(labels[unit_id] for unit_id in first), *others]]
    people = [user for user in accounts.everyone() if user.is_active and user.as_actor().role in WORKS_IN_A_UNIT]
    people.sort(key=lambda user: (user.unit_id not in first, user.unit_id))
    named = [(user.id, f"{user.name}　{labels[user.unit_id].short(lang)}") for user in people]
    return form.offer(everybody, [(unit.id, unit.short(lang)) for unit in concerned], named)


def _present(found: Seen) -> dict[str, Any]:
    """What the form begins with: how things stand, or the decision under review."""
    first = queries.decision_of(found.dispute.id, "first") if found.dispute.state == DisputeState.UNDER_REVIEW else None
    lead = found.leads[0]
    held = credit.shares(lead.id, Indicator.SIGNED, clock.today())
    if sum(held.values()) != FULL:  # some count in full for two: there is no such share to begin with
        held = {lead.following_unit_id: FULL}
    parts = first.shares if first else held
    return {
        "unit": first.unit_id if first else lead.following_unit_id, "owner": (first.owner_id if first else None) or 0,
        "supporting": list(first.supporting) if first else [], "decided_by": current_actor().name,
        "decided_on": clock.today(), **{f"{PART}{unit}": Decimal(number) / 100 for unit, number in parts.items()},
    }  # fmt: skip
