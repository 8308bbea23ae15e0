"""Rows ticked in a list, on a lead's page, after a merge: on to the comparison, the oldest first."""

import pytest

from crm.companies.models import Contact
from crm.core.db import db
from crm.leads.rules.lead import NewContact
from tests.builders import a_company, a_lead
from tests.merging.stories import company_of, merge, one_firm, twins


@pytest.fixture
def leads(app):
    """Public ids of two leads of one firm, the earlier one first."""
    with app.app_context():
        found = [lead.public_id for lead in one_firm()]
        db.session.remove()
    return found


def to(browser, kind, *picked, status=303):
    return browser.get("/merges/new", query_string={"kind": kind, "pick": list(picked)}, status=status)


def test_the_list_offers_what_one_may_read(signed_in, leads):
    page = signed_in("manager.nanshan").get("/leads?stage=all")
    ticks = [box.get("value") for box in page.root.all("input", name="pick")]
    assert set(ticks) == set(leads)
    assert not signed_in("leader").get("/leads?stage=all").root.all("input", name="pick")


def test_the_earlier_one_is_suggested_to_stay(signed_in, leads):
    one, two = leads
    browser = signed_in("manager.nanshan")
    on = to(browser, "lead", two, one).location
    assert f"keep={one}" in on
    assert f"lose={two}" in on
    assert "lens works" in browser.get(on, ceiling=27).text  # a preview counts each relation


def test_one_alone_is_asked_for_the_others_number(signed_in, leads):
    browser = signed_in("manager.nanshan")
    on = to(browser, "lead", leads[0]).location
    assert "保留的编号" in browser.get(on).text


def test_too_many_and_unknown_ones(app, signed_in, leads):
    some = [a_company().public_id for _ in range(6)]
    browser = signed_in("coordinator")
    assert "请选择二至五条" in to(browser, "company", *some, status=422).text
    to(browser, "company", some[0], status=422)
    to(browser, "lead", leads[0], "A" * 22, status=404)
    to(browser, "contact", "'", "<b>", status=404)


def test_of_two_investors_the_companies_come_first(app, signed_in):
    with app.app_context():
        one, two = twins()
        picked, firms = [one.public_id, two.public_id], {company_of(one).public_id, company_of(two).public_id}
        db.session.remove()
    browser = signed_in("manager.nanshan")
    page = browser.get(to(browser, "lead", *picked).location)
    assert "请先归并企业" in page.text
    (link,) = [a.get("href") for a in page.root.all("a") if "kind=company" in a.get("href", "")]
    on = browser.get(link, status=303).location
    assert all(firm in on for firm in firms)


def test_after_the_companies_their_leads(app, signed_in):
    with app.app_context():
        one, two = twins()
        ids = {one.public_id, two.public_id}
        done = merge(company_of(one), company_of(two)).public_id
        db.session.remove()
    page = signed_in("coordinator").get(f"/merges/{done}")
    assert {box.get("value") for box in page.root.all("input", name="pick")} == ids


def test_contacts_are_ticked_on_the_leads_page(app, signed_in):
    with app.app_context():
        lead = a_lead(contacts=(NewContact("Beispiel", None, "+49301234567"), NewContact("Beispiel", "CFO"))).public_id
        db.session.remove()
    browser = signed_in("manager.nanshan")
    page = browser.get(f"/leads/{lead}")
    picked = [box.get("value") for box in page.root.all("input", name="pick")]
    assert len(picked) == 2
    page = browser.get(to(browser, "contact", *picked).location)
    assert "归并联系人" in page.text
    assert "+49301234567" not in page.html
    with app.app_context():
        assert db.session.query(Contact).count() == 2
