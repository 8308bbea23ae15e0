"""Doors of the review: the queue with one pair side by side, an answer, an undo, a sweep."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from crm.accounts import queries as accounts
from crm.core import clock, once
from crm.core.db import unit_of_work
from crm.core.errors import AlreadyDone, NotFound, Refusal
from crm.jobs import services as jobs
from crm.merging.forms import choices_from
from crm.merging.queries.consents import count_waiting
from crm.merging.rules import MOST_LOSERS
from crm.policy import rules as policy
from crm.review import services
from crm.review.forms import ActForm, AnswerForm
from crm.review.models import ReviewPair
from crm.review.queries import access, finding, queue
from crm.review.queries.access import Side
from crm.review.queries.queue import Board, Group
from crm.review.rules import Answer, PairDecided, PairState, Sort
from crm.review.services.decide import suggested_keeper
from crm.review.words import comparison
from crm.review.words.choices import choices
from crm.web import refusals
from crm.web.guards import allowed, current_actor
from crm.web.pages import go
from crm.web.words import word

bp = Blueprint("review", __name__, url_prefix="/review")


def _asked() -> tuple[Sort, int]:
    wanted = request.args.get("sort", "")
    sort = Sort(wanted) if wanted in {s.value for s in Sort} else Sort.CERTAINTY
    return sort, min(max(request.args.get("page", 1, type=int), 1), 1_000_000)


def _link(board: Board, public_id: str | None = None, **changed: object) -> str:
    values = {
        "sort": board.sort.value if board.sort is not Sort.CERTAINTY else None,
        "page": board.page if board.page > 1 else None,
        **changed,
    }
    if public_id is None:
        return url_for("review.index", **values)
    return url_for("review.show", public_id=public_id, **values)


@bp.get("/")
@allowed("review", "list")
def index() -> ResponseReturnValue:
    """The queue, at its first pair."""
    board = _board()
    if not board.groups:
        return _page(board, None, None)
    return _page(board, board.groups[0], board.groups[0].first)


@bp.get("/<string:public_id>")
@allowed("review", "list")
def show(public_id: str) -> ResponseReturnValue:
    """The queue, at one pair."""
    pair = access.visible_pair(public_id, actor=current_actor())
    board = _board()
    shown = next((group for group in board.groups if group.place(pair)), None)
    return _page(board, shown or _group(pair), pair)


def _board() -> Board:
    sort, page = _asked()
    return queue.board(current_actor(), sort=sort, page=page, now=clock.now())


def _group(pair: ReviewPair) -> Group | None:
    return queue.group_of(pair, actor=current_actor(), now=clock.now())


def _page(board: Board, group: Group | None, pair: ReviewPair | None) -> ResponseReturnValue:
    actor, running = current_actor(), finding.running_sweep()
    keys = [one.key for one in board.groups]
    at = keys.index(group.key) if group and group.key in keys else -1
    facts = {
        "board": board, "group": group, "pair": pair, "at": at, "link": lambda *args, **more: _link(board, *args, **more),
        "act": ActForm(formdata=None), "last": services.undoable(actor), "today": queue.decided_today(actor),
        "swept": finding.last_sweep(), "running": running, "job": queue.working_job(running), "size": queue.SIZE,
        "sorts": [s for s in Sort if s is not Sort.MONEY or policy.may(actor, "review", "merge_between")], "compared": None,
        "later": queue.put_off(actor, clock.now()) if not board.groups else 0, "asked_count": count_waiting(actor),
    }  # fmt: skip
    last = facts["last"]
    facts["last_names"] = access.sides({last.a_id, last.b_id}, actor=actor) if last else {}
    if pair is not None:
        facts |= _compared(board, group, pair, at)
    return render_template("review/index.html", **facts)


def _compared(board: Board, group: Group | None, pair: ReviewPair, at: int) -> dict[str, object]:
    actor = current_actor()
    sides = access.sides({pair.a_id, pair.b_id}, actor=actor)
    a, b = sides[pair.a_id], sides[pair.b_id]
    masked = a.masked or b.masked
    coming = [*board.groups[at + 1 :], *([board.after] if board.after else [])] if at >= 0 else []
    following = coming[0].first.public_id if coming else None
    stays, goes = (a, b) if suggested_keeper(a, b) == a.company.id else (b, a)
    data = {"then": following or "", "keep": stays.company.public_id}
    form = AnswerForm(formdata=None, data=data, keep=[(a.company.public_id, "A"), (b.company.public_id, "B")])
    undecided = pair.state in finding.UNDECIDED
    rights = access.rights(a, b, actor=actor) if undecided else None
    same = rights is not None and rights.same
    return {
        "choices": choices(a.company, b.company) if same else [], "keeper": "A" if stays is a else "B",
        "merge_at": _merge_at(stays, goes, group) if same else "",
        "proposal": queue.proposal_of(pair) if undecided and not masked else None,
        "compared": comparison.rows(a, b, actor=actor), "a": a, "b": b, "form": form,
        "chips": [] if masked else comparison.chips(pair), "rights": rights,
        "decision": (decision := queue.decision_about(pair)), "me": actor.user_id,
        "decider": accounts.by_id(decision.decided_by_id) if decision and not masked else None,
        "equal": request.args.get("equal") == "1",
    }  # fmt: skip


def _merge_at(stays: Side, goes: Side, group: Group | None) -> str:
    """The page where more is told of the merge, or asked of the units; with the whole group where that is of two to five."""
    others = [s for s in group.members if s is not stays] if group and len(group.members) <= MOST_LOSERS + 1 else [goes]
    names = [s.company.public_id for s in (others if not any(s.masked for s in others) else [goes])]
    return url_for("merging.new", kind="company", keep=stays.company.public_id, lose=names)


@bp.post("/<string:public_id>")
@allowed("review", "decide")
def decide(public_id: str) -> ResponseReturnValue:
    """Store an answer, and go on with the next pair."""
    form, actor, now = AnswerForm(), current_actor(), clock.now()
    pair = access.visible_pair(public_id, actor=actor)
    if not form.validate():
        flash("；".join(str(e) for errors in form.errors.values() for e in errors), "soon")
        return _on(public_id)
    group = _group(pair)
    others = [other.public_id for other in group.pairs if other.public_id != public_id] if group else []
    chosen = choices_from("company", request.form)
    # Who decides reads what the proposer wrote, not the reasons that stand there anyway.
    proposes = form.to_answer() is Answer.PROPOSED
    said = "" if proposes else "；".join(text for _weight, text in comparison.chips(pair))
    try:
        with unit_of_work():
            scope = f"review.decide.{public_id}"
            body = form.once_body() + repr(sorted(chosen.items()))
            key = once.claim(form.once.data, user_id=actor.user_id, scope=scope, body=body, now=now)
            decided = services.decide_pair(
                public_id, form.to_answer(), keep_public_id=form.keep.data or None, reason=form.reason.data or said,
                choices=chosen, actor=actor, now=now,
            )  # fmt: skip
            then = queue.first_open([*others, form.then.data or ""], actor=actor, now=now)
            key.answer = _on(then).location
    except Refusal as refusal:
        if refusal.status not in (409, 422) or isinstance(refusal, AlreadyDone):
            raise
        flash(refusals.sentence(refusal), "soon")
        if form.reason.data:
            flash(_("您写的说明没有记下：%(text)s", text=form.reason.data), "soon")
        return _on(public_id if not isinstance(refusal, PairDecided) or _answered(public_id) else None)
    answer = form.to_answer()
    about = _("%(a)s、%(b)s", a=decided.names[0], b=decided.names[1]) if not proposes else ""
    flash(_("已判：%(answer)s　%(about)s", answer=word("answer", answer.value), about=about), "done")
    return redirect(key.answer, 303)


def _answered(public_id: str) -> bool:
    """Whether the pair's page says how it was decided; one whose companies were merged elsewhere has no answer to show."""
    try:
        return access.visible_pair(public_id, actor=current_actor()).state == PairState.DECIDED
    except NotFound:
        return False


@bp.post("/undo")
@allowed("review", "decide")
def undo() -> ResponseReturnValue:
    """Take back this person's last decision."""
    form, actor, now = ActForm(), current_actor(), clock.now()
    if not form.validate():
        return _on(None)
    try:
        with unit_of_work():
            key = once.claim(form.once.data, user_id=actor.user_id, scope="review.undo", body="", now=now)
            pair = services.undo_last(actor=actor, now=now)
            key.answer = _on(pair.public_id).location
    except Refusal as refusal:
        if refusal.status not in (409, 422) or isinstance(refusal, AlreadyDone):
            raise
        flash(refusals.sentence(refusal), "soon")
        return _on(None)
    flash(_("已撤销，这一对重新等待判断"), "done")
    return redirect(key.answer, 303)


@bp.post("/sweeps")
@allowed("review", "sweep")
def sweep() -> ResponseReturnValue:
    """Compare everything with everything, as a job; to the one that is at work when there is one."""
    actor, now = current_actor(), clock.now()
    with unit_of_work():
        swept = services.start_sweep(full=True, actor=actor, now=now)
        job = queue.working_job(swept)
        if job is None:
            job = jobs.enqueue("review.sweep", {"sweep_id": swept.id}, actor=actor, now=now, total=swept.total)
            swept.job_public_id = job.public_id
        public_id, mine = job.public_id, job.asked_by_id == actor.user_id
    return go("jobs.show", public_id=public_id) if mine else _on(None)


def _on(public_id: str | None) -> Response:
    sort, page = _asked()
    values = {"sort": sort.value if sort is not Sort.CERTAINTY else None, "page": page if page > 1 else None}
    if public_id is None:
        return redirect(url_for("review.index", **values), 303)
    return redirect(url_for("review.show", public_id=public_id, **values), 303)
