"""Shares widen and seals narrow, on every surface, as the table says: generated from the table, one city for all of it."""

from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import select, update

from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.leads.models import Lead
from crm.leads.queries import listing
from crm.leads.rules.listing import Question, Scope
from crm.policy import rules as policy
from crm.policy.rules import Role
from tests.builders import actor
from tests.pages import PageClient
from tests.web import shared_city
from tests.web.shared_city import PEOPLE
from tests.web.world import CANARIES

FIELDS = CANARIES | {"code": ("lead", "read_card")}
HIDDEN = ("contact", "phone", "email")  # masked everywhere, shown one by one for a reason
COLUMNS = "&".join(f"col={name}" for name in ("country", "cluster", "total", "contracted", "unit", "owner", "days", "next"))
WHOLE = {
    "home": "/",
    "city": f"/leads?stage=all&scope=city&size=100&{COLUMNS}",
    "signed": f"/leads?stage=signed&scope=city&size=100&{COLUMNS}",
    "by name": f"/leads?stage=all&scope=city&size=100&sort=name&{COLUMNS}",
    "by sum": f"/leads?stage=all&scope=city&size=100&sort=total&{COLUMNS}",
    "unit": f"/leads?stage=all&scope=unit&size=100&{COLUMNS}",
    "shared": f"/leads?stage=all&scope=shared&size=100&{COLUMNS}",
    "mine": f"/leads?stage=all&scope=mine&size=100&{COLUMNS}",
    "queue": "/leads/queue",
    "messages": "/messages/",
    "progress": "/progress/",
    "requests": "/leads/requests",
    "review": "/review/",
    "merge requests": "/merges/requests",
    "imports": "/imports/",
    "audit": "/audit/",
    "transfers": "/transfers",
    "pool": "/pool",
}
EACH = {
    "page": "/leads/{0.public_id}",
    "peek": "/leads/{0.public_id}/peek",
    "edit": "/leads/{0.public_id}/edit",
    "tags": "/leads/{0.public_id}/clusters",
    "assess": "/leads/{0.public_id}/assess",
    "write": "/progress/{0.public_id}",
    "stage": "/stages/{0.public_id}",
    "share": "/leads/{0.public_id}/share",
    "seal": "/leads/{0.public_id}/seal",
    "assist": "/leads/{0.public_id}/assist",
    "contact": "/leads/{0.public_id}/contacts/new",
    "merge": "/merges/new?kind=lead&lose={0.public_id}",
    "company": "/companies/{0.company}",
    "credit": "/leads/{0.public_id}/credit",
    "offer": "/transfers/offer/{0.public_id}",
    "assign": "/transfers/assign/{0.public_id}",
    "put": "/pool/put/{0.public_id}",
    "transfer": "/transfers/{0.transfer}",
    "card": "/pool/{0.card}",
}
ANY = (200, 303, 403, 404, 409, 422)

pytestmark = pytest.mark.only_on("sqlite")


@pytest.fixture
def city(app):
    return shared_city.build(app)


def _surfaces(app, browser, city, *, deep):
    """(surface, text) of everything that a person can be answered with; what they typed themselves is taken out."""
    for name, path in WHOLE.items():
        yield name, browser.get(path, status=ANY, ceiling=80).html
    yield "numbers", browser.get("/leads/numbers?stage=all&scope=city", status=ANY, htmx=True).html
    book = browser.get("/leads/export.xlsx?stage=all&scope=city", status=ANY, ceiling=80)
    if book.status == 200:
        sheet = openpyxl.load_workbook(BytesIO(book.response.data)).active
        yield "export", "\n".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None)
    for name, lead in city.leads.items():
        for surface, path in EACH.items() if deep else [("page", EACH["page"])]:
            yield f"{surface} {name}", browser.get(path.format(lead), status=ANY, htmx=surface == "peek", ceiling=80).html
        answer = browser.get(f"/files/{lead.file}", status=ANY)
        yield f"file {name}", answer.response.headers.get("Content-Disposition", "")
        for kind in ("investor", "title", "code") if deep else ():
            typed = lead.words[kind]
            found = browser.get("/leads", query_string={"q": typed, "stage": "all", "scope": "city"}, status=ANY, ceiling=80)
            yield f"search {name}", found.html.replace(typed, "")
        if deep:
            typed = f"{lead.words['investor']} GmbH"
            strip = browser.post("/leads/matches", {"investor": typed}, status=ANY, htmx=True)
            yield f"strip {name}", strip.html.replace(typed, "").replace(lead.words["investor"], "")


@pytest.mark.full
def test_every_word_is_where_the_table_says(app, city):
    """For each person, each surface, each lead and each field: the word is there only if the table lets it, and somewhere if so."""
    wrong, looked = [], 0
    for username in PEOPLE:
        with app.app_context():
            who = actor(username)
            rows = {lead.public_id: lead for lead in db.session.scalars(select(Lead))}
            stands = {name: policy.towards_lead(who, rows[lead.public_id]) for name, lead in city.leads.items()}
            db.session.remove()
        browser = PageClient(app)
        browser.sign_in(username)
        seen: set[tuple[str, str]] = set()
        deep = who.role not in (Role.AUDITOR, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)
        for surface, text in _surfaces(app, browser, city, deep=deep):
            for name, lead in city.leads.items():
                for kind, (record, action) in FIELDS.items():
                    looked += 1
                    if lead.words[kind] in text:
                        seen.add((name, kind))
                        if not policy.can(stands[name], record, action):
                            wrong.append(f"{username}: {kind} of {name} leaks on {surface}")
                for kind in HIDDEN:
                    looked += 1
                    if lead.words[kind] in text:
                        wrong.append(f"{username}: {kind} of {name} stands unmasked on {surface}")
        for name, lead in city.leads.items():
            for kind, (record, action) in FIELDS.items():
                coded = kind != "code" or name.startswith("sealed")
                if coded and policy.can(stands[name], record, action) and (name, kind) not in seen:
                    wrong.append(f"{username}: {kind} of {name} is nowhere to be read")
            may = policy.can(stands[name], "contact", "reveal")
            shown = browser.post(f"/leads/contacts/{lead.contact}/reveal", {"reason": "to call"}, status=ANY, htmx=True)
            if (lead.words["phone"][-6:] in shown.html.replace(" ", "")) != may or (shown.status == 200) != may:
                wrong.append(f"{username}: contact of {name} is {'not ' if may else ''}revealed")
    assert not wrong, "\n".join(wrong[:60])
    assert looked > 100_000


def _known(actor_, leads, action, record="lead"):
    return {lead.public_id for lead in leads if policy.can(policy.towards_lead(actor_, lead), record, action)}


def test_lists_counts_and_sums_are_the_tables(app, city):
    """What SQL scopes is what the table says, lead by lead: rows, counts and sums of every scope, for everybody."""
    with app.app_context():
        for username in PEOPLE:
            who = actor(username)
            if not policy.may(who, "lead", "list"):
                continue
            leads = list(db.session.scalars(select(Lead)))
            mine = {lead.public_id for lead in leads if lead.owner_id in {who.user_id, *who.desks}}
            names, cards = _known(who, leads, "read_names"), _known(who, leads, "read_card")
            held = {
                lead.public_id for lead in leads
                if any(share.user_id == who.user_id or share.unit_id in policy.units_of(who) for share in lead.shares)
            }  # fmt: skip
            own = {"owner", "delegate", "unit", "manager", "coordinator", "leader"}
            unit = {lead.public_id for lead in leads if own & policy.towards_lead(who, lead).principals}
            asked = {
                "mine": (Question(stage=None, scope=Scope.MINE, size=100), mine),
                "unit": (Question(stage=None, scope=Scope.UNIT, size=100), unit),
                "shared": (Question(stage=None, scope=Scope.SHARED, size=100), held),
                "whole": (Question(stage=None, scope=Scope.CITY, size=100), cards),
                "filtered": (Question(stage=None, scope=Scope.CITY, size=100, min_cny=1), names),
            }
            for what, (question, expected) in asked.items():
                rows = listing.page_of(question, who)
                assert {row.public_id for row in rows} == expected, (username, what)
                assert listing.count_of(question, who).number == len(expected), (username, what)
                sums = listing.numbers_of(question, who)
                amounts = _known(who, leads, "read_amounts") & expected
                total = sum(lead.total_cny or 0 for lead in leads if lead.public_id in amounts)
                assert sum(one.count for one in sums.values()) == len(expected), (username, what)
                assert sum(one.total_cny for one in sums.values()) == total, (username, what)
                for row in rows:
                    lead = next(one for one in leads if one.public_id == row.public_id)
                    assert row.masked == (row.public_id not in names)
                    assert (row.total_cny is not None) == (row.public_id in amounts)
                    assert row.code == lead.code_name


def test_no_filter_tells_what_may_not_be_read(app, city):
    """What is overdue, and whose first report runs: found by those who may read the due day, or the clock, and by nobody else."""
    with app.app_context():
        with unit_of_work():
            db.session.execute(update(Lead).values(next_due=clock.today() - timedelta(days=1)))
        for username in PEOPLE:
            who = actor(username)
            if not policy.may(who, "lead", "list"):
                continue
            leads = list(db.session.scalars(select(Lead)))
            running = [lead for lead in leads if not lead.signed]
            clocks = _known(who, running, "read", "claim") & _known(who, running, "read_names")
            held = {row.public_id for row in listing.page_of(Question(stage=None, scope=Scope.SHARED, size=100), who)}
            asked = {"overdue": _known(who, leads, "read_detail"), "claim": clocks}
            for what, expected in asked.items():
                question = Question(stage=None, scope=Scope.CITY, size=100).on(**{what: "live" if what == "claim" else True})
                assert {row.public_id for row in listing.page_of(question, who)} == expected, (username, what)
                assert listing.count_of(question, who).number == len(expected), (username, what)
                shared = listing.page_of(question.on(scope=Scope.SHARED), who)
                assert {row.public_id for row in shared} == expected & held, (username, what)
