"""A return as an official paper: what its reader may read, with serial number and notice, noted in the audit trail."""

from typing import Any

from flask import current_app, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from crm.core import clock
from crm.core.db import unit_of_work
from crm.core.papers.filling import DOCX, fill
from crm.policy.rules import Actor
from crm.returns import services, sheets, words
from crm.returns.queries import returns
from crm.returns.queries.returns import Line, Part, Seen
from crm.returns.views.blueprint import bp
from crm.stationery.queries import template_of
from crm.units import queries as units
from crm.web import fmt
from crm.web.guards import allowed, current_actor
from crm.web.locale import html_lang
from crm.web.marks import marks
from crm.web.words import word


@bp.get("/<string:public_id>/return.docx")
@allowed("weekly_return", "export")
def paper(public_id: str) -> ResponseReturnValue:
    """The return, in the office's own template when there is one."""
    actor, now = current_actor(), clock.now()
    template = template_of(sheets.RETURN, current_app.config)
    one = returns.visible_return(public_id, actor=actor, action="export")
    hidden = sum(part.hidden + sum(line.masked for line in part.lines) for part in one.parts)
    facts = {"lines": sum(len(part.lines) for part in one.parts), "masked": hidden}
    with unit_of_work():
        row = returns.by_public_id(public_id)
        serial = services.note_export(row, "docx", facts, city=current_app.config["CITY_CODE"], actor=actor, now=now)
    one = returns.visible_return(public_id, actor=actor, action="export")
    content = fill(template, _facts(one, serial, hidden, actor))
    name = f"{words.title_of(one.row)}-{one.week.first.isoformat()}.docx".replace("/", "-")
    return send_file(content, as_attachment=True, download_name=name, mimetype=DOCX)


def _facts(one: Seen, serial: str, hidden: int, actor: Actor) -> dict[str, Any]:
    """What a template may use; its keys are `sheets.FIELDS`."""
    row, lang = one.row, html_lang()
    said = marks(serial, unit=current_user.unit.name(lang), name=actor.name, at=clock.now())
    handed = _("报送 %(when)s", when=fmt.stamp(row.submitted_at)) if row.submitted_at else _("尚未报送")
    notes = [_("另有 %(n)s 条按权限不显示", n=hidden)] if hidden else []
    notes += [_("空报说明：%(why)s", why=row.empty_reason)] if row.empty_reason else []
    return {
        "title": words.title_of(row), "unit": row.unit.name(lang), "period": words.period_of(one.week),
        "version": words.version_of(row), "state": word("return_status", one.row.state),
        "office": units.coordinating().name(lang),
        "handed": handed, "serial": serial, "notes": notes,
        **{name: said[name] for name in ("notice", "mark", "watermark")},
        "sections": [_section(part) for part in one.parts],
    }  # fmt: skip


def _section(part: Part) -> dict[str, Any]:
    return {
        "name": word("return_heading", part.section),
        "text": part.text or "", "none": _("无") if part.blank else "",
        "lines": [_cells(number, rows) for number, rows in enumerate(part.groups, 1)],
    }  # fmt: skip


def _cells(place: int, rows: list[Line]) -> dict[str, Any]:
    """A lead with all that is said of it, or a line about none."""
    text = words.joined([words.said(line) for line in rows])
    return {"place": place, "name": words.called(rows[0]), "number": rows[0].number or "", "text": text}
