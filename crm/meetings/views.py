"""/meetings: what a meeting looks at, as a page; having it made as paper and pdf; taking these along."""

from typing import Any

from flask import Blueprint, current_app, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.batches import words as batch_words
from crm.batches.models import Edition
from crm.batches.queries import editions
from crm.batches.rules.periods import EditionKind
from crm.core import clock, once
from crm.core.db import unit_of_work
from crm.core.errors import NotFound, Refusal
from crm.files.views import hand_out
from crm.meetings import queries, services, sheets
from crm.meetings.forms import AskForm
from crm.meetings.rules import PackState
from crm.meetings.words import told
from crm.stationery.queries import template_of
from crm.units import queries as units
from crm.web.acts import refused
from crm.web.forms import errors_of
from crm.web.guards import allowed, current_actor
from crm.web.locale import html_lang
from crm.web.pages import go

bp = Blueprint("meetings", __name__, url_prefix="/meetings")
FORMS = ("docx", "pdf")


@bp.get("/")
@allowed("meeting_pack", "list")
def index() -> ResponseReturnValue:
    """The pack of an edition as a page: of the one named, else the newest of the kind asked for."""
    city, args = current_app.config["CITY_CODE"], request.args
    return _page(*queries.edition_for(city, args.get("kind", ""), args.get("edition", "")[:22]))


def _page(edition: Edition | None, kind: EditionKind, message: str = "") -> str:
    actor, lang = current_actor(), html_lang()
    facts = None
    if edition is not None:
        facts = told(queries.content_of(edition, actor, lang=lang), office=units.coordinating().name(lang))
    form = AskForm(formdata=None)
    form.edition.data = edition.public_id if edition is not None else ""
    return render_template(
        "meetings/index.html", edition=edition, kind=kind, facts=facts, form=form, message=message, packs=queries.mine(actor),
        kinds=list(EditionKind), others=editions.all_editions(city=current_app.config["CITY_CODE"], size=12),
        title_of=batch_words.title_of, open_at=_open_at,
    )  # fmt: skip


_RECORDS = {
    "lead": "desk.lead", "dispute": "disputes.show", "matter": "matters.show", "instruction": "supervision.show",
}  # fmt: skip


def _open_at(ref: tuple[str, str] | None) -> str:
    """The page of a record; empty where there is none for this reader."""
    return url_for(_RECORDS[ref[0]], public_id=ref[1]) if ref is not None else ""


@bp.post("/")
@allowed("meeting_pack", "make")
def ask() -> ResponseReturnValue:
    """Have the pack made; an office's own template that does not fit is refused here."""
    form, actor, now = AskForm(), current_actor(), clock.now()
    city, lang = current_app.config["CITY_CODE"], "en" if html_lang() == "en" else "zh"
    if not form.validate():
        return _page(*queries.edition_for(city, "", ""), errors_of(form)), 422
    try:
        _fits()
        with unit_of_work():
            found = editions.by_public_id(form.edition.data or "")
            key = once.claim(form.once.data or "", user_id=actor.user_id, scope="meeting", body=form.once_body(), now=now)
            made = services.ask_pack(found, lang=lang, city=city, actor=actor, now=now).public_id
            key.answer = url_for("meetings.show", public_id=made)
    except Refusal as refusal:
        message, status = refused(refusal)
        return _page(*queries.edition_for(city, "", form.edition.data or ""), message), status
    flash(_("会议材料已开始生成"), "done")
    return go("meetings.show", public_id=made)


def _fits() -> None:
    """Raises TemplateUnfit."""
    template_of(sheets.WORD, current_app.config)
    sheets.PRINTED.checked(current_app.config["TEMPLATES_PATH"])


@bp.get("/packs/<string:public_id>")
@allowed("meeting_pack", "read")
def show(public_id: str) -> ResponseReturnValue:
    """How far a pack is; its files when it is made."""
    pack = queries.visible_pack(public_id, actor=current_actor())
    facts: dict[str, Any] = {"pack": pack, "title_of": batch_words.title_of, "forms": FORMS}
    if request.headers.get("HX-Request"):
        waiting = pack.state == PackState.WAITING and (pack.job is None or pack.job.state != "failed")
        return render_template("meetings/_progress.html", **facts) if waiting else go("meetings.show", public_id=public_id)
    return render_template("meetings/show.html", **facts)


@bp.get("/packs/<string:public_id>/<string:form>")
@allowed("meeting_pack", "read")
def download(public_id: str, form: str) -> ResponseReturnValue:
    """The pack as a paper (docx) or to print (pdf); every hand-out is noted."""
    if form not in FORMS:
        raise NotFound
    return hand_out(lambda: queries.file_of(public_id, form, actor=current_actor()))
