"""Doors of merges: compare and choose, see the effect, merge, look at what was merged, take it back."""

from datetime import datetime
from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.utils import redirect

from crm.core import clock, once
from crm.core.db import unit_of_work
from crm.core.errors import NotFound, Refusal
from crm.merging import queries, services
from crm.merging.forms import Asked, MergeForm, UndoForm, asked_from
from crm.merging.rules import AlreadyMerged, CoordinatorDecides, OtherInvestor, OtherLead, TooMany, UndoLaterFirst, check_group
from crm.merging.views.blueprint import bp
from crm.merging.words import hidden_apart, named, shown, shown_of
from crm.policy.rules import Actor
from crm.units import queries as units
from crm.web import refusals
from crm.web.guards import allowed, current_actor
from crm.web.pages import go


@bp.get("/new")
@allowed("merge", "do")
def new() -> ResponseReturnValue:
    """Compare: only what differs, a choice for each field. Without both sides: which leads are meant?"""
    asked, actor = asked_from(request.args), current_actor()
    if asked.picked:
        return _picked(asked)
    if asked.number and asked.lose:
        return _by_number(asked, actor)
    if not asked.whole:
        return render_template("merging/start.html", asked=asked, message="")
    try:
        return compare_page(asked, MergeForm())
    except AlreadyMerged as refusal:  # a bookmark, or a page left open: on to what became of them
        return _merged_before(refusal)


def _picked(asked: Asked) -> ResponseReturnValue:
    """On to the comparison of the ticked rows; one lead alone is asked for the other's number."""
    if len(asked.picked) == 1 and asked.kind == "lead":
        return redirect(url_for("merging.new", kind="lead", lose=asked.picked[0]), 303)
    keep, *lose = queries.oldest_first(asked.kind, asked.picked)
    try:
        check_group(keep, lose)
    except TooMany as refusal:
        return render_template("merging/start.html", asked=asked, message=refusals.sentence(refusal)), 422
    return redirect(url_for("merging.new", kind=asked.kind, keep=keep, lose=lose), 303)


def _by_number(asked: Asked, actor: Actor) -> ResponseReturnValue:
    """On to the comparison with the lead whose number was typed; it stays."""
    try:
        keep = queries.leads_by_number([asked.number], actor=actor)[0]
    except NotFound:
        return render_template("merging/start.html", asked=asked, message=_("没有找到编号 %(number)s", number=asked.number)), 422
    if keep.public_id in asked.lose:
        return render_template("merging/start.html", asked=asked, message=_("这就是当前这条，请填写另一条的编号")), 422
    return redirect(url_for("merging.new", kind="lead", keep=keep.public_id, lose=list(asked.lose)), 303)


def compare_page(asked: Asked, form: MergeForm, message: str = "", status: int = 200) -> ResponseReturnValue:
    """The comparison with its effect: what may be done here, and why not."""
    actor = current_actor()
    found = queries.group(asked.kind, asked.keep, asked.lose, actor=actor)
    refusal = _why_not(found, actor)
    effect = None if isinstance(refusal, CoordinatorDecides | OtherInvestor | OtherLead) else queries.preview(found, actor)
    choices = {name: value for name, value in asked.choices.items() if value in {asked.keep, *asked.lose}}
    page = render_template(
        "merging/compare.html", asked=asked, found=found, form=form, message=message, effect=effect, shown=shown,
        shown_of=shown_of, named=named, hidden_apart=hidden_apart, lead=_lead_of(found),
        rows=queries.comparison(found, choices), refusal=refusals.sentence(refusal) if refusal else "", unit_of=units.labels(),
        may_ask=not isinstance(refusal, OtherInvestor | OtherLead) and _may_ask(found, actor),
        investors_at=_investors(found) if isinstance(refusal, OtherInvestor) else "",
        keep_instead={record.public_id: _keeping(record.public_id, found) for record in found.losers},
    )  # fmt: skip
    return page, status


def _keeping(public_id: str, found: queries.Group) -> str:
    """The same comparison with another one to stay."""
    others = [record.public_id for record in found.members if record.public_id != public_id]
    return url_for("merging.new", kind=found.kind, keep=public_id, lose=others)


def _may_ask(found: queries.Group, actor: Actor) -> bool:
    try:
        return bool(queries.consents.to_ask(found, actor))
    except Refusal:
        return False


def _investors(found: queries.Group) -> str:
    """Where the companies behind leads of several investors are compared, which comes first."""
    return url_for("merging.new", kind="company", pick=queries.investors_of(found))


def _why_not(found: queries.Group, actor: Actor) -> Refusal | None:
    try:
        queries.require_decision(found, actor)
        queries.check_one(found)
    except Refusal as refusal:
        return Refusal("manager_decides") if refusal.code == "forbidden" else refusal
    return None


@bp.post("/new")
@allowed("merge", "decide")
def create() -> ResponseReturnValue:
    """Show the effect of other choices, or merge; what was chosen stays on the page when it is refused."""
    asked, form, actor, now = asked_from(request.form), MergeForm(), current_actor(), clock.now()
    if not asked.whole:
        return render_template("merging/start.html", asked=asked, message=_("请填写另一条的编号")), 422
    valid = form.validate()
    if not valid or request.form.get("step") == "preview":
        return compare_page(asked, form, status=200 if valid else 422)
    try:
        with unit_of_work():
            target = _merge(asked, form, actor, now)
    except AlreadyMerged as refusal:
        return _merged_before(refusal)
    except Refusal as refusal:
        if refusal.status != 422:
            raise
        return compare_page(asked, form, refusals.sentence(refusal), 422)
    flash(_("已归并"), "done")
    return redirect(target, 303)


def _merge(asked: Asked, form: MergeForm, actor: Actor, now: datetime) -> str:
    body = form.once_body() + repr((asked.kind, asked.keep, asked.lose, sorted(asked.choices.items())))
    key = once.claim(form.once.data, user_id=actor.user_id, scope="merging.create", body=body, now=now)
    merge = services.VERBS[asked.kind](asked.keep, asked.lose, asked.choices, reason=form.reason.data or "", actor=actor, now=now)
    key.answer = url_for("merging.show", public_id=merge.public_id)
    return key.answer


def _merged_before(refusal: AlreadyMerged) -> ResponseReturnValue:
    """Somebody was quicker: on to what they did."""
    flash(refusals.sentence(refusal), "soon")
    merge = str(refusal.facts["merge"])
    return go("merging.show", public_id=merge) if merge else go("desk.home")


@bp.get("/<string:public_id>")
@allowed("merge", "do")
def show(public_id: str) -> ResponseReturnValue:
    """What was merged, what moved, and the way back; once undone, what was left."""
    merge, found = queries.visible_merge(public_id, actor=current_actor())
    return render_template("merging/show.html", form=UndoForm(formdata=None), message="", **_facts(merge, found))


def _facts(merge: Any, found: queries.Group) -> dict[str, Any]:
    actor, lines = current_actor(), queries.lines_of(merge)
    seen = queries.consents.seen_of(found, actor) if found.kind == "company" else {record.id for record in found.members}
    left = queries.left_of(merge, found, lines, actor)
    return {
        "merge": merge, "found": found, "seen": seen, "named": named, "shown_of": shown_of,
        "moved": queries.moved_of(merge, lines, actor),
        "left": left, "rest": sum(line.outcome == "left" for line in lines),
        "later": queries.later_merges(merge, found, actor), "lead": _lead_of(found),
        "back": sum(line.went_back for line in lines), "may_undo": _may_undo(found, actor),
        "leads": queries.readable_leads(found, actor) if merge.kind == "company" else [],
    }  # fmt: skip


def _lead_of(found: queries.Group) -> Any:
    """The lead that contacts belong to."""
    return found.leads[0] if found.kind == "contact" and found.leads else None


def _may_undo(found: queries.Group, actor: Actor) -> bool:
    try:
        queries.require_decision(found, actor, undo=True)
    except Refusal:
        return False
    return True


@bp.post("/<string:public_id>/undo")
@allowed("merge", "undo")
def undo(public_id: str) -> ResponseReturnValue:
    """撤销归并."""
    actor = current_actor()
    try:
        with unit_of_work():
            result = services.undo_merge(public_id, actor=actor, now=clock.now())
    except UndoLaterFirst as refusal:
        merge, found = queries.visible_merge(public_id, actor=actor)
        facts = _facts(merge, found)
        return render_template(
            "merging/show.html", form=UndoForm(formdata=None), message=refusals.sentence(refusal), **facts
        ), 409
    if result.along:
        flash(_("此后归并的联系人分属两条线索，已一并撤销"), "soon")
    if result.left:
        flash(_("已撤销归并，有人改过的保持现状，请核对下面列出的内容"), "soon")
    else:
        flash(_("已撤销归并，全部恢复"), "done")
    return go("merging.show", public_id=public_id)
