"""Drafting and editing a return."""

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.core import clock
from crm.core.db import unit_of_work
from crm.core.errors import Refusal, StaleVersion
from crm.returns import services, words
from crm.returns.forms import ActForm, EditForm, Lines, OpenForm, edit_of, read_lines
from crm.returns.queries import returns
from crm.returns.queries.returns import Seen
from crm.returns.rules import Section
from crm.returns.rules.states import EDITABLE
from crm.returns.views.blueprint import bp
from crm.web import refusals
from crm.web.acts import act_on, refused
from crm.web.guards import allowed, current_actor
from crm.web.pages import go, said_again


@bp.post("/open/<string:public_id>")
@allowed("weekly_return", "open")
def open_now(public_id: str) -> ResponseReturnValue:
    """Draft a unit's week, or go on with the draft that is there."""
    form, actor, now = OpenForm(), current_actor(), clock.now()
    if not form.validate():
        returns.check_opens(public_id, actor)
        return said_again(form, "returns.index")
    try:
        with unit_of_work():
            made = services.open_return(public_id, form.week.data, actor=actor, now=now)
            made_id, editable = made.public_id, made.state in EDITABLE
    except Refusal as refusal:
        if refusal.status != 422:
            raise
        flash(refusals.sentence(refusal), "soon")
        return go("returns.index")
    return go("returns.edit" if editable else "returns.show", public_id=made_id)


@bp.get("/<string:public_id>/edit")
@allowed("weekly_return", "edit")
def edit(public_id: str) -> ResponseReturnValue:
    """The form of the whole return."""
    one = returns.visible_return(public_id, actor=current_actor(), action="edit")
    if not one.may("edit"):
        return go("returns.show", public_id=public_id)
    form = EditForm()
    if not form.progress_text.raw_data:  # else an expired session gives back what was typed
        for part in one.parts:
            form[f"{part.section}_text"].data = part.text
    form.version.data = one.row.version
    return _page(one, form, read_lines(one.parts, {}, words.said, words.of_base))


def _page(one: Seen, form: EditForm, lines: Lines, message: str = "", saved: dict[str, str | None] | None = None) -> str:
    return render_template(
        "returns/edit.html", one=one, row=one.row, form=form, lines=lines, message=message, saved=saved or {},
        sections=list(Section), title=words.title_of(one.row), period=words.period_of(one.week), of_base=words.of_base,
        left={part.section: part.hidden for part in one.parts},
    )  # fmt: skip


@bp.post("/<string:public_id>/edit")
@allowed("weekly_return", "edit")
def edit_now(public_id: str) -> ResponseReturnValue:
    """Save it. When a colleague saved meanwhile, the page says what, and nothing that was typed is lost."""
    form, actor, now = EditForm(), current_actor(), clock.now()
    one = returns.visible_return(public_id, actor=actor, action="edit")
    lines = read_lines(one.parts, request.form, words.said, words.of_base)
    message, status = "", 422
    if form.validate() and not lines.errors:
        try:
            with unit_of_work():
                services.save(public_id, form.version.data or 0, edit_of(form, lines), actor=actor, now=now)
        except Refusal as refusal:
            message, status = refused(refusal)
            stale = isinstance(refusal, StaleVersion)
        else:
            flash(_("已保存"), "done")
            return go("returns.edit" if request.form.get("stay") else "returns.show", public_id=public_id)
    else:
        stale = False
    one = returns.visible_return(public_id, actor=actor, action="edit")
    if not one.may("edit"):
        flash(message, "soon")
        return go("returns.show", public_id=public_id)
    saved = _seen_anew(one, form, lines) if stale else {}
    if stale:
        message = _("%(name)s 刚保存过这份周报。您填写的都还在，请对照后再保存", name=one.row.saved_by.name)
    else:
        for rows in lines.rows.values():
            for typed in rows:
                typed.saved = ""
    return _page(one, form, lines, message, saved), status


def _seen_anew(one: Seen, form: EditForm, lines: Lines) -> dict[str, str | None]:
    """After a colleague saved: the form goes on from their version; what differs in the words of a section."""
    lines.rows = read_lines(one.parts, request.form, words.said, words.of_base).rows
    form.version.data, form.version.raw_data = one.row.version, None
    texts = {f"{part.section}_text": part.text for part in one.parts}
    return {name: text for name, text in texts.items() if (text or "") != (form[name].data or "")}


@bp.post("/<string:public_id>/refresh")
@allowed("weekly_return", "edit")
def refresh(public_id: str) -> ResponseReturnValue:
    """Take over what was entered since."""
    form, actor, now, taken = ActForm(), current_actor(), clock.now(), [0]

    def do() -> None:
        taken[0] = services.refresh(public_id, form.version.data or 0, actor=actor, now=now)

    answer = act_on(
        form, lambda: returns.visible_return(public_id, actor=actor, action="edit"), do, _("已取到最新"), "returns.edit",
        public_id=public_id,
    )  # fmt: skip
    if taken[0]:
        flash(_("新取到 %(n)s 条", n=taken[0]), "done")
    return answer
