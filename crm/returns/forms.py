"""What is typed about a return: the whole edit, a reason, which week to draft."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, StringField, TextAreaField
from wtforms.validators import InputRequired

from crm.core.errors import NotFound
from crm.core.text import clean
from crm.returns.queries.returns import Line, Part
from crm.returns.rules import BLANK, Edit, LineEdit, NewLine, Section, Week
from crm.web.forms import Form, one_line, text_field_limits, version_field

LONGEST = 2000  # characters of a line: what progress may have


class OpenForm(Form):
    """Which week is drafted."""

    week = DateField(_l("周"), validators=[InputRequired(_l("请选择"))])


class ActForm(Form):
    """An act on the version that was seen; what is said with it."""

    version = version_field()
    text = TextAreaField(_l("理由"), validators=text_field_limits(400))


def _text() -> TextAreaField:
    return TextAreaField(_l("综述"), validators=text_field_limits(2000))


def _new() -> TextAreaField:
    return TextAreaField(_l("添加一条"), validators=text_field_limits(1000))


def _number() -> StringField:
    return StringField(_l("项目编号"), filters=[one_line], validators=text_field_limits(20))


class EditForm(Form):
    """The words of each section and a new line for each; lines that are there are read beside it (`read_lines`)."""

    version = version_field()
    progress_text, problems_text, next_text = _text(), _text(), _text()
    progress_new, problems_new, next_new = _new(), _new(), _new()
    progress_lead, problems_lead, next_lead = _number(), _number(), _number()

    def texts(self) -> dict[Section, str]:
        """The words of each section."""
        return {section: self[f"{section}_text"].data or "" for section in Section}

    def added(self) -> list[NewLine]:
        """New lines that say something."""
        return [
            NewLine(section, self[f"{section}_new"].data, self[f"{section}_lead"].data or "")
            for section in Section if self[f"{section}_new"].data
        ]  # fmt: skip


@dataclass(slots=True)
class Typed:
    """A line as it stands in the form: what was typed, what is wrong with it, what a colleague saved meanwhile."""

    line: Line
    text: str
    place: str
    listed: bool
    error: str = ""
    saved: str = ""


@dataclass(slots=True)
class Lines:
    """All lines of a form, by section, and the edit that they make."""

    rows: dict[Section, list[Typed]]
    edits: dict[int, LineEdit] = field(default_factory=dict)

    @property
    def errors(self) -> list[tuple[int, str]]:
        """What is wrong, by line."""
        return [(one.line.id, one.error) for rows in self.rows.values() for one in rows if one.error]


def read_lines(parts: Iterable[Part], posted: Any, said: Callable[[Line], str], of_base: Callable[[Line], str]) -> Lines:
    """The lines as posted; those of which nothing was posted as they are. `said`: what a line says, `of_base`: what the base says
    of it.
    """
    lines = Lines({section: [] for section in Section})
    for part in parts:
        for place, line in enumerate([*part.lines, *part.dropped], 1):
            row = Typed(line, said(line), str(place) if line.listed else "", line.listed)
            lines.rows[part.section].append(row)
            if f"line-{line.id}" in posted and not line.masked:
                _read(row, posted, lines.edits, of_base)
    return lines


def _read(row: Typed, posted: Any, edits: dict[int, LineEdit], of_base: Callable[[Line], str]) -> None:
    line, before = row.line, row.text
    row.text = clean(posted.get(f"line-{line.id}", "")[: LONGEST * 2], multiline=True, prose=True) or ""
    row.place = clean(posted.get(f"place-{line.id}", "")[:12]) or ""
    row.listed = f"listed-{line.id}" in posted
    row.saved = before if row.text != clean(before, multiline=True, prose=True) else ""
    if len(row.text) > LONGEST:
        row.error = _("最多%(max)d个字", max=LONGEST)
        return
    number = int(row.place) if row.place.isascii() and row.place.isdigit() and len(row.place) < 4 else 0
    if row.place and not 1 <= number < BLANK:
        row.error = _("序号请填 1 到 399 的数字")
        return
    own = row.text if row.text and row.text != clean(of_base(line), multiline=True, prose=True) else None
    typed = line.source == "typed"
    edits[line.id] = LineEdit(own, number or BLANK, row.listed and bool(row.text or not typed))


def edit_of(form: EditForm, lines: Lines) -> Edit:
    """The whole edit."""
    return Edit(form.texts(), lines.edits, tuple(form.added()))


def week_named(value: str, today: date) -> Week:
    """The week that an address names by its first day, one that has begun. NotFound for anything else."""
    try:
        day = date.fromisoformat(value if len(value) == 10 else "")
    except ValueError:
        raise NotFound from None
    if not 2000 <= day.year < 2100 or day.weekday() != 0 or day > today:
        raise NotFound
    return Week(day)
