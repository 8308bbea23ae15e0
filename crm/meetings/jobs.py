"""A pack as a job: what it says is read as whom it is for, then set twice; begun again after a crash it is made anew."""

from typing import Any

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from crm.batches import words as batch_words
from crm.core import clock
from crm.core.db import unit_of_work
from crm.core.errors import Refusal
from crm.jobs.jobs import Progress, job
from crm.meetings import queries, services, sheets
from crm.meetings.models import MeetingPack
from crm.meetings.rules import AskerGone, PackState
from crm.meetings.words import told
from crm.policy.rules import Actor
from crm.stationery.queries import template_of
from crm.units import queries as units
from crm.web import refusals
from crm.web.locale import LANGUAGES, html_lang
from crm.web.marks import marks
from crm.web.words import word


@job("meetings.make")
def make(progress: Progress) -> dict[str, Any]:
    """Make the pack; what does not fit (a template, a closed account) is said on it."""
    pack_id = progress.args["pack_id"]
    pack = queries.by_id(pack_id)
    if pack.state != PackState.WAITING:
        return {"state": pack.state}
    actor = services.starter(pack)
    with force_locale(LANGUAGES[pack.lang]):
        try:
            if actor is None:
                raise AskerGone
            _make(progress, pack, actor)
        except Refusal as refusal:
            with unit_of_work():
                services.give_up(queries.by_id(pack_id), refusals.sentence(refusal), actor=actor, now=clock.now())
            return {"state": PackState.FAILED}
    return {"state": PackState.DONE}


def _make(progress: Progress, pack: MeetingPack, actor: Actor) -> None:
    folder, pack_id = current_app.config["TEMPLATES_PATH"], pack.id
    facts = _facts(pack, actor)
    name = f"{_('会议材料')}-{facts['name']}-{pack.serial}".replace("/", "-")
    progress.count(1)
    docx = sheets.fill(template_of(sheets.WORD, current_app.config), facts["fields"]).getvalue()
    progress.count(2)
    pdf = sheets.PRINTED.filled(sheets.PRINTED.checked(folder), facts["fields"])
    progress.count(3)
    with unit_of_work():
        again = queries.by_id(pack_id)
        if again.state == PackState.WAITING:
            root = current_app.config["FILES_PATH"]
            services.keep_pack(again, docx, pdf, name=name, root=root, actor=actor, now=clock.now())
    progress.count(services.STEPS)


def _facts(pack: MeetingPack, actor: Actor) -> dict[str, Any]:
    """The fields of the templates, and what the files are called."""
    lang = html_lang()
    found = queries.content_of(pack.edition, actor, lang=lang)
    about = marks(pack.serial, unit=units.labels()[pack.unit_id].name(lang), name=actor.name, at=clock.now())
    about["notice"] = _("非涉密材料　%(notice)s", notice=about["notice"])
    fields = about | told(found, office=units.coordinating().name(lang))
    return {"fields": fields, "name": f"{word('meeting_kind', pack.edition.kind)}-{batch_words.title_of(pack.edition)}"}
