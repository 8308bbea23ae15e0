"""A dispute tells its sides who it is and no more; a matter tells nobody. Every page of both rooms, for everybody, lead by lead."""

import pytest
from sqlalchemy import select

from crm.core.db import db
from crm.disputes import queries as disputes
from crm.leads.models import Lead
from crm.matters import queries as matter_queries
from crm.policy import rules as policy
from tests.builders import actor
from tests.disputes.stories import HQ
from tests.long import mostly_full
from tests.pages import PageClient
from tests.web.disputed_city import build
from tests.web.shared_city import PEOPLE
from tests.web.world import CANARIES

FIELDS = CANARIES | {"code": ("lead", "read_card")}
HIDDEN = ("contact", "phone", "email")
WHOLE = (
    "/",
    "/disputes",
    "/headquarters",
    "/messages/",
    *(f"/matters/?tab={tab}" for tab in ("mine", "unit", "city", "headquarters")),
)
ANY = (200, 303, 403, 404, 409, 422)

pytestmark = pytest.mark.only_on("sqlite")


@pytest.fixture
def city(app):
    return build(app)


@pytest.mark.parametrize("everybody", mostly_full([True, False], False))
def test_every_word_is_where_the_table_says(app, city, everybody):
    wrong, looked, told = [], 0, 0
    for username in (*PEOPLE, HQ) if everybody else (HQ, "officer.baoan"):
        with app.app_context():
            who = actor(username)
            rows = {row.public_id: row for row in db.session.scalars(select(Lead))}
            plain, sided, raised = {}, {}, {}
            for name, (lead, dispute, _report, matter) in city.leads.items():
                row = rows[lead.public_id]
                plain[name] = policy.towards_lead(who, row)
                stand = disputes.stands_over(who, disputes.by_public_id(dispute), [row])
                raised[name] = matter_queries.stands(who, matter_queries.by_public_id(matter), row)
                sided[name] = stand if policy.can(stand, "dispute", "read") else plain[name]
            db.session.remove()
        browser = PageClient(app)
        browser.sign_in(username)
        for path, text in _surfaces(browser, city):
            in_dispute = path.startswith(("/disputes", "/headquarters"))
            for name, (lead, *_ids) in city.leads.items():
                for kind, (record, action) in FIELDS.items():
                    looked += 1
                    if lead.words[kind] not in text:
                        continue
                    may = policy.can(plain[name], record, action)
                    by_side = in_dispute and action == "read_names" and policy.can(sided[name], record, action)
                    above = path.startswith(("/matters", "/headquarters")) and "headquarters_names" in raised[name].principals
                    by_side = by_side or (above and action == "read_names")
                    told += by_side and not may
                    if not (may or by_side):
                        wrong.append(f"{username}: {kind} of {name} leaks on {path}")
                wrong += [f"{username}: {kind} of {name} unmasked on {path}" for kind in HIDDEN if lead.words[kind] in text]
    assert not wrong, "\n".join(wrong[:40])
    assert looked > (20_000 if everybody else 2_000)
    assert told, "sides that read no page of the lead read in the dispute who it is"


def _surfaces(browser, city):
    for path in WHOLE:
        yield path, browser.get(path, status=ANY, ceiling=150).html
    for lead, dispute, report, matter in city.leads.values():
        for path in (
            f"/disputes/{dispute}", f"/disputes/new/{lead.public_id}", f"/disputes/new/{report}", f"/disputes/{dispute}/decide",
            f"/disputes/{dispute}/review", f"/matters/{matter}", f"/matters/new/{lead.public_id}",
        ):  # fmt: skip
            yield path, browser.get(path, status=ANY, ceiling=80).html


def test_strangers_find_none_of_it(app, city):
    for username in ("stranger.longgang", "auditor", "sysadmin", "secadmin"):
        browser = PageClient(app)
        browser.sign_in(username)
        for _lead, dispute, report, matter in city.leads.values():
            for path in (f"/disputes/{dispute}", f"/disputes/new/{report}"):
                assert browser.get(path, status=ANY).status in (403, 404), (username, path)
            if username != "stranger.longgang":
                assert browser.get(f"/matters/{matter}", status=ANY).status in (403, 404), username
