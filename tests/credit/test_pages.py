"""业绩归属 on its pages: who reads it, what the coordinator writes, what bad input is told."""

import pytest

from crm.core import clock
from crm.credit import queries
from crm.credit.forms import TermsForm
from crm.credit.rules import Indicator
from crm.policy.rules import Role
from tests.builders import a_lead, a_person, a_unit
from tests.credit.test_services import credited, shares
from tests.transfers.stories import told
from tests.web.shared_city import seal

pytestmark = pytest.mark.only_on("sqlite")


def within(app, act, *args, **named):
    """Do something in the app, as a command would."""
    with app.app_context():
        return act(*args, **named)


def test_a_leads_page_shows_it(app, signed_in):
    lead = a_lead()
    page = signed_in("officer.nanshan").get(f"/leads/{lead.public_id}")
    assert "业绩归属" in page.main
    assert "100%" in page.main
    within(app, credited, lead, parts=1250)
    page = signed_in("officer.nanshan").get(f"/leads/{lead.public_id}")
    assert "12.5%" in page.main
    assert "minutes of 3 June" in page.main


def test_who_reads_it(app, signed_in):
    """The attribution's own readers: the auditor and units that are parties to it read it without the lead."""
    lead = a_lead(unit="SZ-LG", by="officer.nanshan", investor="Zephyrine Optics GmbH")
    with app.app_context():
        colleague = a_person("colleague.futian", Role.OFFICER, "SZ-FT").username
    path = f"/leads/{lead.public_id}/credit"
    assert "Zephyrine" not in signed_in("auditor").get(path).html
    assert lead.number in signed_in("auditor").get(path).html
    assert "Zephyrine" not in signed_in("manager.nanshan").get(path).html, "the unit that registered it"
    signed_in(colleague).get(path, status=404)
    within(app, credited, lead, "SZ-FT")
    assert "Zephyrine" not in signed_in(colleague).get(path).html
    signed_in("sysadmin").get(path, status=403)
    signed_in("officer.baoan").get(path, status=404)


def test_a_code_name_closes_it(app, signed_in):
    lead = a_lead()
    within(app, credited, lead)
    within(app, seal, lead.public_id, "Lynx")
    signed_in("officer.baoan").get(f"/leads/{lead.public_id}/credit", status=404)
    page = signed_in("auditor").get(f"/leads/{lead.public_id}/credit")
    assert lead.number not in page.html
    assert "Lynx" in page.html


def test_the_coordinator_records_and_corrects(app, signed_in):
    lead, browser = a_lead(), signed_in("coordinator")
    with app.app_context():
        baoan, nanshan = str(a_unit("SZ-BA").id), str(a_unit("SZ-NS").id)
    path = f"/leads/{lead.public_id}/credit"
    browser.get(path)
    typed = {
        "unit": baoan, "indicator": "all", "share": "30", "valid_from": clock.today().isoformat(), "reason": "minutes",
        "once": "k1",
    }  # fmt: skip
    for wrong in (
        {"share": "abc"}, {"share": "Infinity"}, {"share": "101"}, {"share": "1.234"}, {"share": "1e999999"}, {"share": "-1e9999999"}, {"unit": "999999"}, {"reason": " "},
        {"valid_from": "x"},
    ):  # fmt: skip
        assert browser.post(path, typed | wrong, status=422).root.first("div", role="alert")
    browser.post(path, typed, status=303)
    assert within(app, told, "credit.changed") == ["manager.baoan", "manager.nanshan", "officer.nanshan"], "once each"
    assert "合计不是 100%" in browser.get(path).main
    browser.post(path, typed | {"once": "k2", "unit": nanshan, "share": "70"}, status=303)
    assert "合计不是 100%" not in browser.get(path).main
    for indicator in Indicator:
        assert within(app, shares, lead, indicator) == {"SZ-NS": 7000, "SZ-BA": 3000}
    with app.app_context():
        line = next(row.public_id for row in queries.lines_of(lead.id) if row.parts == 3000)
    correct = f"/leads/credit/{line}/correct"
    browser.post(correct, {"share": "x", "reason": "slip"}, status=303)
    before = len(within(app, told, "credit.changed"))
    browser.post(correct, {"share": "25", "reason": "slip"}, status=303)
    assert len(within(app, told, "credit.changed")) == before + 3
    for indicator in Indicator:
        assert within(app, shares, lead, indicator)["SZ-BA"] == 2500
    assert "已更正" in browser.get(path).main
    browser.post(correct, {"share": "26", "reason": "slip"}, status=303)
    assert within(app, shares, lead) == {"SZ-NS": 7000, "SZ-BA": 2500}
    signed_in("manager.nanshan").post(correct, {"share": "26", "reason": "slip"}, status=403)


def test_what_is_agreed_has_to_be_said(app):
    """Nobody agrees to half by leaving a field empty."""
    with app.test_request_context(method="POST", data={"model": "agreed", "keeps": " "}):
        form = TermsForm(meta={"csrf": False})
        assert not form.validate()
        assert "请填写移出单位保留的百分比" in map(str, form.keeps.errors)
    with app.test_request_context(method="POST", data={"model": "introducer", "keeps": ""}):
        form = TermsForm(meta={"csrf": False})
        assert form.validate()
        assert form.to_terms().giver_parts == 2000
        assert "20%" in str(form.keeps.description)
