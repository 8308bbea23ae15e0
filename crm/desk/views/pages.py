"""Home, the pipeline list, one lead's page, the list as a workbook."""

from collections.abc import Callable
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from crm.accounts import queries as accounts
from crm.core import clock
from crm.core.db import unit_of_work
from crm.desk import queries
from crm.desk.views import asking
from crm.desk.views.blueprint import bp
from crm.desk.views.changes import in_words
from crm.desk.views.workbook import send_leads
from crm.events import queries as events
from crm.events import rules as event_rules
from crm.leads.forms.fields import evidence_choices
from crm.leads.models import Lead
from crm.leads.queries import access, listing
from crm.leads.queries.rows import Row
from crm.leads.rules.lead import Stage
from crm.leads.rules.listing import PAGE_SIZES, together
from crm.leads.words import phase_name
from crm.notifications.words import sentence
from crm.pipeline.queries import confirmed_beside, nearest_of
from crm.pipeline.words import missing_text
from crm.policy import rules as policy
from crm.policy.rules import Role
from crm.readings import queries as readings
from crm.readings import services as reading_services
from crm.readings.rules import is_noted
from crm.shelves import queries as shelves
from crm.supervision import queries as supervision
from crm.units import queries as units
from crm.visits.forms import ProgressForm
from crm.web.guards import allowed, current_actor
from crm.web.links import link_to

EXPORT_CAP = 2000
# First pages that rooms above draw, by role: they put theirs in (crm.reports does, for leaders).
FIRST_PAGES: dict[Role, Callable[[], ResponseReturnValue]] = {}


@bp.get("/")
@allowed("home", "read")
def home() -> ResponseReturnValue:
    """The first page: an officer's due matters, a manager's numbers, a leader's page, an administrator's doors."""
    actor = current_actor()
    if actor.role in FIRST_PAGES:
        return FIRST_PAGES[actor.role]()
    if actor.role is Role.OFFICER:
        facts = queries.officer_home(actor)
        form = ProgressForm() if facts["mine"] else None
        return render_template("desk/home.html", form=form, sentence=sentence, today=clock.today(), **facts)
    if actor.role in (Role.DISTRICT_MANAGER, Role.COORDINATOR):
        facts = queries.manager_home(actor)
        return render_template("desk/manager.html", sentence=sentence, today=clock.today(), **facts)
    return render_template("desk/administrator.html", today=clock.today())


@bp.get("/leads")
@allowed("lead", "list")
def pipeline() -> ResponseReturnValue:
    """项目清单: rows and a capped count at once, sums and the stages' numbers right after. An address that asks nothing opens
    with the view that this person starts with.
    """
    actor = current_actor()
    if (event := _event_asked(request.args.get("q", ""))) is not None:
        return redirect(url_for("desk.event", public_id=event), 303)
    start = shelves.start_of(actor) if not request.args else None
    if start is not None:
        return redirect(url_for("desk.view", public_id=start.public_id), 303)
    question = asking.question()
    rows = listing.page_of(question, actor)
    return render_template(
        "desk/pipeline.html", question=question, rows=rows, sure=confirmed_beside(rows), count=listing.count_of(question, actor),
        numbers=None, all_stages=list(Stage), link=link_to("desk.pipeline"), lead_at=asking.prefix("desk.lead"),
        nearest_of=_nearest(), phase_name=phase_name,
        now=clock.now(), export_at=asking.here("desk.export"), numbers_at=asking.here("desk.numbers"), sizes=PAGE_SIZES,
        fill_at=asking.here("fillings.index"),
        groups_at=asking.here("desk.groups"), bar_at="desk.pipeline",
        listed=link_to("desk.pipeline"), carded=link_to("desk.board"), **asking.views_of("list"),
        bulk_at=link_to("desk.bulk")(all="yes"),
        **asking.filter_names(),
    )  # fmt: skip


def _event_asked(text: str) -> str | None:
    """The event (its public id) whose number was searched for: the box in the head of each page finds it as it finds a lead's."""
    number = event_rules.number_in(text)
    if number is None or not policy.may(current_actor(), "event", "read"):
        return None
    found = events.by_number(number)
    return found.public_id if found else None


def _nearest() -> Callable[[Row], Any]:
    """The next expected milestone of a row, for a template."""
    today = clock.today()
    return lambda row: nearest_of(row, today)


@bp.get("/leads/owners")
@allowed("lead", "list")
def owners() -> ResponseReturnValue:
    """Whom the filter 负责人 offers, fetched when the filters are opened."""
    return render_template("desk/_owners.html", owners=asking.owners(), question=asking.question())


@bp.get("/leads/numbers")
@allowed("lead", "list")
def numbers() -> ResponseReturnValue:
    """The sums of the whole list and each stage's numbers, loaded after the page."""
    question = asking.question()
    found = listing.numbers_of(question, current_actor())
    totals = together(found.values()) if question.stage is None else found[question.stage]
    return render_template(
        "desk/_numbers.html",
        totals=totals,
        numbers=found,
        question=question,
        all_stages=list(Stage),
        link=link_to("desk.pipeline"),
    )


@bp.get("/leads/export.xlsx")
@allowed("lead", "export")
def export() -> ResponseReturnValue:
    """The list as a workbook: text is text, figures are figures, nothing is a formula. Noted in the audit."""
    actor, question = current_actor(), asking.question()
    found = listing.export_rows(question, actor, cap=EXPORT_CAP)
    left = listing.count_of(question, actor, cap=EXPORT_CAP).capped
    return send_leads(found, left=EXPORT_CAP if left else None)


@bp.get("/leads/<string:public_id>")
@allowed("lead", "read_detail")
def lead(public_id: str) -> ResponseReturnValue:
    """One lead's page."""
    actor = current_actor()
    found = access.visible_lead(public_id, actor=actor)
    registered_by = accounts.by_id(found.registered_by_id)  # kept while the page is put together: often they hold the claim
    facts = queries.lead_page(found, actor)
    reporters = {report.unit_id: units.by_id(report.unit_id) for report in facts["reports"]}
    page = render_template(
        "desk/lead.html", lead=found, reporters=reporters, today=clock.today(), registered_by=registered_by,
        missing_text=missing_text, phase_name=phase_name, change_said=in_words,
        evidence_choices=evidence_choices() if facts["may_here"].get("file.add") else (),
        leaders=supervision.leader_names() if facts["may_here"]["sponsor.set"] else (), **facts,
    )  # fmt: skip
    _note_reading(found)
    return page


def _note_reading(found: Lead) -> None:
    """Where somebody's reading of a lead is to be noted, note it; the page has been drawn, or fails to be."""
    actor, lead_id = current_actor(), found.id
    if not is_noted(actor, owner_id=found.owner_id, sealed=found.sealed):
        return
    if not readings.was_noted(lead_id, actor.user_id, clock.today()):  # most readings of a day are not the first
        with unit_of_work():
            reading_services.note_reading(lead_id, actor=actor, now=clock.now())


@bp.get("/leads/<string:public_id>/readings")
@allowed("reading", "list")
def lead_readings(public_id: str) -> ResponseReturnValue:
    """查阅记录: who read this lead or took something of it, for those who answer for it."""
    actor = current_actor()
    found = access.visible_lead(public_id, actor=actor)
    policy.require(policy.towards_lead(actor, found), "reading", "list")
    return render_template("desk/readings.html", lead=found, looks=queries.looks_at(found))


@bp.get("/leads/<string:public_id>/peek")
@allowed("lead", "read_detail")
def peek(public_id: str) -> ResponseReturnValue:
    """A lead beside the list, without leaving it."""
    actor = current_actor()
    found = access.visible_lead(public_id, actor=actor)
    beside = render_template("desk/_peek.html", lead=found, **queries.peek(found, actor))
    _note_reading(found)
    return beside
