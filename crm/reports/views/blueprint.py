"""The room's blueprint, and what its papers share."""

from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

from flask import Blueprint, current_app, send_file
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.core import clock
from crm.core.db import unit_of_work
from crm.policy.rules import Actor
from crm.reports import services, sheets
from crm.web.locale import html_lang
from crm.web.marks import NO_SERIAL, marks

bp = Blueprint("reports", __name__)


def noted(action: str, subject: tuple[str, Any] | None, facts: dict[str, Any], actor: Actor) -> dict[str, Any]:
    """Note that a paper is taken out; what stands in it about itself: serial number, who took it when, the notice."""
    with unit_of_work():
        city = current_app.config["CITY_CODE"]
        serial = services.note_taken(action, subject, facts, city=city, actor=actor, now=clock.now())
    return about(serial, actor)


def about(serial: str, actor: Actor) -> dict[str, Any]:
    """What stands in a paper about itself."""
    return dict(marks(serial, unit=current_user.unit.name(html_lang()), name=actor.name, at=clock.now()))


def printed(
    template: sheets.Printed, facts: Callable[[], Mapping[str, Any]], note: Callable[[], dict[str, Any]], name: str, actor: Actor
) -> ResponseReturnValue:  # fmt: skip
    """A pdf to take along: an office's own template is tried before `note` writes anything down; `facts` are read again after it.
    Raises TemplateUnfit.
    """
    folder = current_app.config["TEMPLATES_PATH"]
    text = template.tried(folder, about(NO_SERIAL, actor) | dict(facts())) if template.own(folder) else template.checked(folder)
    content = template.filled(text, note() | dict(facts()))
    return send_file(BytesIO(content), as_attachment=True, download_name=name, mimetype=sheets.PDF)
