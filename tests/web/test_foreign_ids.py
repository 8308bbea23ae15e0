"""Every address with an id, asked by everybody about leads of every kind: what one may not do is refused and changes nothing, and
an id that one may not know of is answered exactly like one that nobody has. What is expected comes from table.json alone.
"""

import re

import pytest
from sqlalchemy import select

from crm.core.db import db
from crm.credit import queries as credit
from crm.credit import rules as credit_rules
from crm.disputes import queries as disputes
from crm.leads.models import Lead
from crm.matters import queries as matters
from crm.policy import rules as policy
from crm.policy.rules import Standing
from crm.transfers import queries as transfers
from tests.builders import actor
from tests.disputes.stories import HQ
from tests.pages import PageClient
from tests.web.disputed_city import build
from tests.web.shared_city import PEOPLE
from tests.web.test_matrix import _contents

ABSENT = "B" * 22
NONE = "A" * 22  # what a lead of the city has that has none
OF_LEADS = {
    "lead", "claim", "share", "seal", "credit", "reading", "milestone", "receipt", "contact", "brief", "coordination", "file", "company",
    "dispute", "matter", "transfer", "pool",
}  # fmt: skip
# Things that this city holds none of, or one of another person's making.
ELSEWHERE = ("/leads/views/", "/leads/shares/", "/leads/requests/", "/leads/credit/", "/money/receipts/", "/milestones/<")
# Leads that are asked about in every run, and in the long one.
FEW = ("open", "sealed.open")
MANY = ("open", "signed", "card.signed", "read.open", "person.open", "sealed.open")
# Who knows of a thing, besides those who may do what is asked; a card of the pool is everybody's to read.
KNOWN = {
    "lead": ("lead", "read_detail"), "contact": ("contact", "read_masked"), "company": ("lead", "read_names"), "file": ("file", "read"),
    "dispute": ("dispute", "read"), "matter": ("matter", "read"), "transfer": ("transfer", "read"),
}  # fmt: skip
# What differs from request to request: a form's token, what an earlier form was answered.
PASSING = re.compile(r'(?<=name="csrf_token" value=")[^"]+|<p class="ob-flash[^>]*>[^<]*</p>\s*')
ANY = tuple(range(200, 500))

pytestmark = pytest.mark.only_on("sqlite")


@pytest.fixture
def city(app):
    return build(app)


def _thing(rule: str, lead, dispute: str, matter: str) -> tuple[str, str]:
    """What an address is about: a word, and its id here."""
    if rule.startswith("/leads/contacts/<"):
        return "contact", lead.contact
    if rule.startswith("/leads/files/<"):
        return "file", lead.file
    for start, word, public_id in (
        ("/files/", "file", lead.file), ("/companies/", "company", lead.company), ("/transfers/<", "transfer", lead.transfer),
        ("/pool/<", "card", lead.card), ("/disputes/<", "dispute", dispute), ("/matters/<", "matter", matter),
    ):  # fmt: skip
        if rule.startswith(start):
            return word, public_id
    return "lead", lead.public_id


def _standing(who, row: Lead, record: str, action: str, word: str, public_id: str) -> Standing:
    """How somebody stands to what an address is about, as its room says."""
    if word == "dispute":
        return disputes.stands_over(who, disputes.by_public_id(public_id), [row])
    if (record, action) == ("dispute", "open"):
        return disputes.may_open(who, row)
    if word == "matter":
        return matters.stands(who, matters.by_public_id(public_id), row)
    if word == "transfer" and public_id != NONE:
        return transfers.stands(who, transfers.by_public_id(public_id), row)
    if record == "credit":
        return credit_rules.stands(who, row, {row.registered_unit_id, *(line.unit_id for line in credit.lines_of(row.id))})
    return policy.towards_lead(who, row)


def _addresses(app):
    """(rule, method, guard) of every address with the id of a lead or of what hangs on one."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if rule.endpoint == "static" or rule.arguments != {"public_id"} or rule.rule.startswith(ELSEWHERE):
            continue
        guard = app.view_functions[rule.endpoint].guard
        if guard[0] in OF_LEADS:
            yield rule, "POST" if "POST" in rule.methods else "GET", guard


def _ask(browser: PageClient, method: str, address: str, public_id: str) -> tuple[int, str]:
    """Status and text of an answer, without the id and what differs from request to request."""
    path = address.replace("<string:public_id>", public_id)
    piece = path.endswith(("/peek", "/reveal"))
    if method == "GET":
        page = browser.get(path, status=ANY, htmx=piece, ceiling=200)
    else:
        page = browser.post(path, {}, status=ANY, htmx=piece)
    text = page.response.get_data().decode("utf-8", "replace")  # a file is no text
    return page.status, PASSING.sub("", text.replace(public_id, ""))


def _wrong(app, city, usernames, names) -> tuple[list[str], int]:
    """What is answered otherwise than it should be, and how many refusals were asked for."""
    wrong, asked, allowed, before = [], 0, [], _contents(app)
    for username in usernames:
        cases = []
        with app.app_context():
            who = actor(username)
            rows = {row.public_id: row for row in db.session.scalars(select(Lead))}
            for name in names:
                lead, dispute, _report, matter = city.leads[name]
                for rule, method, (record, action) in _addresses(app):
                    word, public_id = _thing(rule.rule, lead, dispute, matter)
                    stand = _standing(who, rows[lead.public_id], record, action, word, public_id)
                    knows = word == "card" or policy.can(stand, *KNOWN[word])
                    may = policy.possible(who.role, record, action) and policy.can(stand, record, action)
                    if word == "card" and method == "GET" and public_id != NONE:
                        may = policy.possible(who.role, record, action)
                    if (record, action) == ("company", "read"):  # anybody's who reads the name of one of its leads
                        may = policy.possible(who.role, record, action) and knows
                    if (record, action) == ("dispute", "open") and not knows:
                        continue  # whoever registered it again opens one by that report's id
                    cases.append((name, rule.rule, method, public_id, may, knows))
            db.session.remove()
        browser = PageClient(app)
        browser.sign_in(username)
        absent = {}
        for name, rule, method, public_id, may, knows in cases:
            if may:
                allowed += [(browser, username, name, rule, public_id)] if method == "GET" and public_id != NONE else []
                continue
            asked += 1
            status, text = _ask(browser, method, rule, public_id)
            if status not in (303, 403, 404, 422):
                wrong.append(f"{username}: {method} {rule} of {name} answers {status}")
            if (rule, method) not in absent:
                absent[rule, method] = _ask(browser, method, rule, ABSENT)
            if not knows and (status, text) != absent[rule, method]:
                wrong.append(f"{username}: {method} {rule} of {name} answers {status}, no such id {absent[rule, method][0]}")
    assert _contents(app) == before, "what was refused has changed something"
    for browser, username, name, rule, public_id in allowed:
        if _ask(browser, "GET", rule, public_id)[0] in (403, 404):
            wrong.append(f"{username}: {rule} of {name} is refused")
    return wrong, asked


def test_foreign_ids_answer_like_none(app, city):
    wrong, asked = _wrong(app, city, ("stranger.longgang", "coordinator"), FEW)
    assert not wrong, "\n".join(wrong)
    assert asked > 100


@pytest.mark.full
def test_everybody_at_every_address(app, city):
    wrong, asked = _wrong(app, city, (*PEOPLE, HQ), MANY)
    assert not wrong, "\n".join(wrong[:60])
    assert asked > 4_000, asked
