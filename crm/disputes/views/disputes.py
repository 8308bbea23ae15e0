"""我的, 待决定, 已决定; one dispute with the evidence of all sides; opening one, statements, taking it back."""

from collections.abc import Callable
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.core import clock
from crm.disputes import queries, services
from crm.disputes.forms import OpenForm, ReasonForm, StateForm
from crm.disputes.queries import Seen
from crm.disputes.rules import settings
from crm.disputes.views.blueprint import bp
from crm.policy import rules as policy
from crm.units import queries as units
from crm.web.acts import act, act_on, stored
from crm.web.guards import allowed, current_actor


@bp.get("/disputes")
@allowed("dispute", "list")
def index() -> ResponseReturnValue:
    """What is to be decided, what waits for a statement, what is open, what was decided; what one's unit registered again."""
    actor = current_actor()
    found = queries.inbox(actor)
    live = [one.dispute for name in ("to_decide", "mine", "open_ones") for one in found[name]]
    under_way = {lead_id: dispute.public_id for dispute in live for lead_id in dispute.lead_ids}
    return render_template("disputes/index.html", reports=queries.reported_by(actor), under_way=under_way, **found)


@bp.get("/disputes/new/<string:public_id>")
@allowed("dispute", "open")
def new(public_id: str) -> ResponseReturnValue:
    """The form to open one, about a lead or about what one's unit registered again."""
    return render_template("disputes/new.html", form=OpenForm(), message="", **_subject(public_id))


@bp.post("/disputes/new/<string:public_id>")
@allowed("dispute", "open")
def open_now(public_id: str) -> ResponseReturnValue:
    """Open it."""
    form, actor, facts = OpenForm(), current_actor(), _subject(public_id)

    def do() -> str:
        statement, other = form.statement.data or "", form.other.data
        return services.open_dispute(public_id, statement, other=other, actor=actor, now=clock.now()).public_id

    return stored(
        form, do, "disputes/new.html", _("已提出，对方单位和市统筹已收到通知"), "disputes.show", scope=public_id, **facts
    )


def _subject(public_id: str) -> dict[str, Any]:
    found = queries.subject_of(public_id, actor=current_actor())
    policy.require(found.standing, "dispute", "open", seen_by="none")
    reads = policy.can(found.standing, "lead", "read_names")
    return {"subject": found, "reads": reads, "public_id": public_id, "settings": settings()}


@bp.get("/disputes/<string:public_id>")
@allowed("dispute", "read")
def show(public_id: str) -> ResponseReturnValue:
    """One dispute: sides, evidence side by side, what was said, decisions; what is to be done about it."""
    found = queries.visible_dispute(public_id, actor=current_actor())
    return _page(found, StateForm(formdata=None))


def _page(found: Seen, form: StateForm) -> str:
    dispute = found.dispute
    shown = [(number, lead, found.detail(number)) for number, lead in enumerate(found.leads) if found.evidence(number)]
    facts = queries.evidence_of(shown)
    left = next((side.unit_id for side in dispute.sides if side.opens), dispute.sides[0].unit_id)
    labels = units.labels()
    return render_template(
        "disputes/show.html", one=found, facts=facts, left=left, unit_of=labels, form=form,
        steps=queries.steps_of(dispute.id), decisions=queries.decisions_of(dispute.id), settings=settings(),
        sides={side.unit_id for side in dispute.sides},
    )  # fmt: skip


@bp.post("/disputes/<string:public_id>/statement")
@allowed("dispute", "state")
def state(public_id: str) -> ResponseReturnValue:
    """Say one's part."""
    form = StateForm()
    if not form.validate():
        return _page(queries.visible_dispute(public_id, actor=current_actor()), form), 422
    text = form.text.data or ""
    return act(lambda: services.state(public_id, text, **_who()), _("陈述已提交"), "disputes.show", public_id=public_id)


@bp.post("/disputes/<string:public_id>/withdraw")
@allowed("dispute", "withdraw")
def withdraw(public_id: str) -> ResponseReturnValue:
    """Take it back."""
    return _with_reason(public_id, services.withdraw, _("争议已撤回，首报恢复计时"))


@bp.post("/disputes/<string:public_id>/ask-review")
@allowed("dispute", "ask_review")
def ask_review(public_id: str) -> ResponseReturnValue:
    """Ask the headquarters."""
    return _with_reason(public_id, services.ask_review, _("已提请指挥部复核"))


def _with_reason(public_id: str, verb: Callable[..., Any], done: str) -> ResponseReturnValue:
    form, who = ReasonForm(), _who()
    return act_on(
        form, lambda: queries.visible_dispute(public_id, actor=who["actor"]),
        lambda: verb(public_id, form.reason.data or "", **who), done, "disputes.show", public_id=public_id,
    )  # fmt: skip


def _who() -> dict[str, Any]:
    return {"actor": current_actor(), "now": clock.now()}
