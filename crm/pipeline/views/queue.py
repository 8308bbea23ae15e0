"""节点认定: the queue; many at once, looked at before it is done."""

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.core import clock
from crm.core.db import unit_of_work
from crm.pipeline import queries, services
from crm.pipeline.rules import Act
from crm.pipeline.views.blueprint import bp, doubts_about
from crm.policy import rules as policy
from crm.web import refusals
from crm.web.guards import allowed, current_actor
from crm.web.pages import go
from crm.web.words import word

NAMED = 5  # of what was left out


@bp.get("/milestones/")
@allowed("milestone", "list")
def queue() -> ResponseReturnValue:
    """What waits, what is due first."""
    page = request.args.get("page", "1")
    number = int(page) if page.isdecimal() and len(page) < 6 else 1
    box = queries.queue(current_actor(), request.args.get("tab", ""), number)
    against = doubts_about([one.row for one in box.rows])
    return render_template("pipeline/queue.html", box=box, table=queries.gates(), most=queries.MOST, against=against)


@bp.post("/milestones/batch")
@allowed("milestone", "list")
def preview() -> ResponseReturnValue:
    """Of what was picked: what would be done, what would be left out, and why."""
    act, items = _picked()
    if act is None or not items:
        flash(_("请先勾选节点"), "soon")
        return go("pipeline.queue")
    found = queries.preview(act, items, current_actor())
    fit = [one for one in found if one.refusal is None]
    unfit = [(one, refusals.sentence(one.refusal)) for one in found if one.refusal is not None]
    against = doubts_about([one.waits.row for one in fit])
    return render_template("pipeline/batch.html", act=act, fit=fit, unfit=unfit, against=against)


@bp.post("/milestones/batch/now")
@allowed("milestone", "list")
def decide_batch() -> ResponseReturnValue:
    """Do it; what could not be done meanwhile is said."""
    act, items = _picked()
    if act is None or not items:
        flash(_("请先勾选节点"), "soon")
        return go("pipeline.queue")
    with unit_of_work():
        batch = services.decide_many(act, items, actor=current_actor(), now=clock.now())
    flash(_("已%(act)s %(n)s 项", act=_act_word(act), n=len(batch.done)), "done")
    for sentence, which in _left(act, batch):
        flash(_("未办：%(why)s（%(which)s）", why=sentence, which=which) if which else _("未办：%(why)s", why=sentence), "soon")
    return go("pipeline.queue")


def _left(act: Act, batch: services.Batch) -> list[tuple[str, str]]:
    """What was not done: why, and which, the first few by name."""
    seen = queries.preview(act, [(public_id, 0) for public_id, _refusal in batch.skipped], current_actor())
    named = {one.waits.row.public_id: f"{one.waits.lead.number} {word('milestone', one.waits.row.kind)}" for one in seen}
    why: dict[str, list[str]] = {}
    for public_id, refusal in batch.skipped:
        why.setdefault(refusals.sentence(refusal), []).extend(filter(None, [named.get(public_id)]))
    rest = {sentence: len(names) - NAMED for sentence, names in why.items()}
    said = {sentence: _("、").join(names[:NAMED]) for sentence, names in why.items()}
    return [(one, said[one] + (_("，另有 %(n)s 项", n=rest[one]) if rest[one] > 0 else "")) for one in sorted(why)]


def _act_word(act: Act) -> str:
    return _("初审") if act is Act.REVIEW else _("认定")


def _picked() -> tuple[Act | None, list[tuple[str, int]]]:
    """What was ticked, as public id and the version that was seen; None for an act that is not this person's."""
    asked = request.form.get("act", "")
    act = Act(asked) if asked in (Act.REVIEW, Act.CONFIRM) else None
    if act is not None and not policy.possible(current_actor().role, "milestone", act.value):
        act = None
    items = []
    for text in request.form.getlist("pick")[: queries.MOST]:
        public_id, _colon, version = text.partition(":")
        if version.isdecimal() and len(version) < 9:
            items.append((public_id[:22], int(version)))
    return act, items
