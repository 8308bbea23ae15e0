"""督办: the list in the address's words, one task with its history, the files that show what was done."""

from typing import Any
from urllib.parse import urlencode

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from crm.files.views import hand_out
from crm.supervision import queries
from crm.supervision.forms import FeedbackForm, SaidForm, TimeForm
from crm.supervision.views.blueprint import bp
from crm.units import queries as units
from crm.web.forms import Form
from crm.web.guards import allowed, current_actor
from crm.web.locale import html_lang

# The forms of a task's page, by the act that each is for.
FORMS: dict[str, type[Form]] = {
    "feedback": FeedbackForm, "ask_time": TimeForm, "time": SaidForm, "return": SaidForm, "close": SaidForm,
}  # fmt: skip


@bp.get("/")
@allowed("instruction", "list")
def index() -> ResponseReturnValue:
    """What somebody may read, late first, under its tabs; the filters stand in the address."""
    actor, args, labels = current_actor(), request.args, units.labels()
    unit_id, leader_id = args.get("unit", type=int), args.get("leader", type=int)
    people = queries.leaders()
    known_leader = next((user.id for user in people if user.id == leader_id), None)
    asked = queries.Asked(
        queries.tab_of(args.get("tab", ""), actor), units.by_id(unit_id).path if unit_id in labels else None, known_leader,
        args.get("q", "").strip()[:80], min(max(args.get("page", 1, type=int), 1), 10_000),
    )  # fmt: skip
    kept = {"unit": unit_id if unit_id in labels else None, "leader": known_leader, "q": asked.text or None}
    kept = {name: value for name, value in kept.items() if value is not None}
    return render_template(
        "supervision/index.html", asked=asked, page=queries.page_of(asked, actor), kept=kept, link=_link(kept),
        unit_names=[(unit.id, unit.short(html_lang())) for unit in labels.values() if not unit.retired],
        leaders=[(user.id, user.name) for user in people], spoken_for=queries.in_whose_name(actor),
        pages_of=queries.pages_of(actor),
    )  # fmt: skip


def _link(kept: dict[str, Any]) -> Any:
    """Gives the list's own address with another tab."""

    def link(tab: str) -> str:
        return f"{url_for('supervision.index')}?{urlencode({'tab': tab, **kept})}"

    return link


@bp.get("/<string:public_id>")
@allowed("instruction", "read")
def show(public_id: str) -> ResponseReturnValue:
    """One task: what is wanted, who does it, its history, what is to be done."""
    return page_of(public_id)


def page_of(public_id: str, given: dict[str, Form] | None = None, message: str = "") -> str:
    """The page, with forms that were just refused in the place of empty ones."""
    found = queries.visible_instruction(public_id, actor=current_actor())
    forms = {name: form(formdata=None, prefix=name) for name, form in FORMS.items()} | (given or {})
    refused = next(iter(given or {}), "")
    return render_template(
        "supervision/show.html", one=found, events=queries.events_of(found.row.id), unit_of=units.labels(), forms=forms,
        refused=refused, message=message,
    )  # fmt: skip


@bp.get("/files/<string:public_id>")
@allowed("instruction", "read")
def download(public_id: str) -> ResponseReturnValue:
    """A file that shows what was done, to whoever may read its task; every hand-out is noted."""
    return hand_out(lambda: queries.file_of(public_id, actor=current_actor()))
