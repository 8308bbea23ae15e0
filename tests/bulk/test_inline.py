"""One field changed where it stands: that field alone is looked at, both values are shown where it moved, and who may."""

from datetime import date

import pytest
from sqlalchemy import select

from crm.bulk import queries, services
from crm.bulk.rules import Act, Wanted
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.money import Money
from crm.leads.models import FieldChange, Lead
from tests.builders import a_lead, actor, an_officer, someone


@pytest.fixture
def lead(app):
    return a_lead("Kestovar Robotics GmbH")


def there(lead, part="next-step"):
    return f"/leads/{lead.public_id}/{part}"


def now(app, lead):
    with app.app_context():
        row = db.session.get_one(Lead, lead.id)
        return row.next_step, row.next_due, row.owner_id


def test_in_the_list(app, signed_in, lead):
    page = signed_in().get(there(lead), htmx=True)
    page = page.submit(there(lead), {"step": "约见财务负责人", "due_on": "2026-12-01"}, status=200, htmx=True)
    assert "约见财务负责人" in page.html
    assert "data-saved" in page.html
    assert now(app, lead)[:2] == ("约见财务负责人", date(2026, 12, 1))


def test_on_a_page_of_its_own(app, signed_in, lead):
    page = signed_in("manager.nanshan").get(there(lead, "owner"))
    page = page.submit(there(lead, "owner"), {"owner": str(someone("manager.nanshan").id)}, status=303)
    assert page.location.endswith(f"/leads/{lead.public_id}")
    assert now(app, lead)[2] == someone("manager.nanshan").id


def test_a_colleagues_change_of_the_same_field_shows_both(app, signed_in, lead):
    browser = signed_in()
    page = browser.get(there(lead), htmx=True)
    with app.app_context(), unit_of_work():
        wanted = Wanted(step="对方来访", due_on=date(2026, 11, 30))
        services.change_one(lead.public_id, Act.NEXT, wanted, was="|", actor=actor("manager.nanshan"), now=clock.now())
    page = page.submit(there(lead), {"step": "复谈", "due_on": "2026-12-01"}, status=409, htmx=True)
    assert "已有同事改过这一项" in page.html
    assert "对方来访" in page.html
    assert someone("manager.nanshan").name in page.html
    assert 'value="复谈"' in page.html
    page.submit(there(lead), {}, status=200, htmx=True)  # mine, once both were seen
    assert now(app, lead)[0] == "复谈"


def test_a_change_elsewhere_is_no_conflict(app, signed_in, lead):
    page = signed_in().get(there(lead), htmx=True)
    with app.app_context(), unit_of_work():
        db.session.get_one(Lead, lead.id).park = "科技园"
    page.submit(there(lead), {"step": "复谈", "due_on": "2026-12-01"}, status=200, htmx=True)
    with app.app_context():
        assert db.session.scalars(select(FieldChange.field)).all() == ["next_step"]


@pytest.mark.parametrize(
    ("typed", "said"), [({"step": "", "due_on": "2026-12-01"}, "请填写"), ({"step": "复谈", "due_on": "x"}, "复谈")]
)
def test_what_is_wrong_is_said_there(signed_in, lead, typed, said):
    page = signed_in().get(there(lead), htmx=True).submit(there(lead), typed, status=422, htmx=True)
    assert said in page.html
    assert "form-error" in page.html


def test_only_those_who_may(app, signed_in, lead):
    signed_in("officer.baoan").get(there(lead), status=404)
    signed_in("leader").get(there(lead), status=403)
    with app.app_context():
        colleague = an_officer().username
    signed_in(colleague).get(there(lead))  # of the unit: writes progress with a next step
    signed_in(colleague).get(there(lead, "owner"), status=403)


def test_nobody_of_another_unit_is_offered(signed_in, lead):
    page = signed_in("manager.nanshan").get(there(lead, "owner"))
    assert someone("officer.baoan").name not in page.main
    page.submit(there(lead, "owner"), {"owner": str(someone("officer.baoan").id)}, status=422)


def project(app, **changed):
    lead = a_lead("Umbrion Materials AG", total=Money.of(350_000_000, "CNY"))
    with app.app_context(), unit_of_work():
        row = db.session.get_one(Lead, lead.id)
        row.total_verified, row.project_type = True, "building"
        for name, value in changed.items():
            setattr(row, name, value)
    return lead


def sums(app, lead):
    with app.app_context():
        row = db.session.get_one(Lead, lead.id)
        return row.total_amount, row.total_currency, row.total_verified, row.amount_band


def test_the_total_where_it_stands(app, signed_in):
    lead = project(app)
    page = signed_in().get(there(lead, "total"), htmx=True)
    assert 'value="3.5"' in page.html
    done = page.submit(there(lead, "total"), {"total_number": "4.2"}, status=200, htmx=True)
    assert "4.20" in done.html
    assert "未核实" in done.html, "what was verified was the old sum"
    assert sums(app, lead) == (42_000_000_000, "CNY", False, None)
    with app.app_context():
        rows = db.session.execute(select(FieldChange.field, FieldChange.old, FieldChange.new).order_by(FieldChange.id)).all()
        assert rows == [
            ("total", "350000000.00 CNY", "420000000.00 CNY"), ("total_verified", "True", "False"),
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "said"),
    [("x", "请填写数字"), ("-1", "金额不能为负"), ("9" * 29, "金额过大"), ("35", "10 倍"), ("0.31", "11 倍")],
)
def test_a_sum_that_is_none_or_jumps_is_asked_about(app, signed_in, typed, said):
    lead = project(app)
    page = signed_in().get(there(lead, "total"), htmx=True)
    page = page.submit(there(lead, "total"), {"total_number": typed}, status=422, htmx=True)
    assert said in page.html
    assert f'value="{typed}"' in page.html
    assert sums(app, lead)[0] == 35_000_000_000
    if "倍" in said:
        other = page.submit(there(lead, "total"), {"total_number": "40" if typed == "35" else "0.2"}, status=422, htmx=True)
        other.submit(there(lead, "total"), {}, status=200, htmx=True)  # asked about, and meant


def test_the_band_of_an_undisclosed_investor(app, signed_in):
    lead = project(app, investor_id=None, intermediary="Kestovar", total_amount=None, total_currency=None, total_cny=None)
    page = signed_in().get(there(lead, "total"), htmx=True)
    page.submit(there(lead, "total"), {"band": "absurd"}, status=422, htmx=True)
    page = page.submit(there(lead, "total"), {"band": "from_5yi"}, status=200, htmx=True)
    assert "5" in page.html
    assert sums(app, lead)[3] == "from_5yi"


def test_two_people_and_one_total(app, signed_in):
    lead = project(app)
    browser = signed_in()
    page = browser.get(there(lead, "total"), htmx=True)
    with app.app_context(), unit_of_work():
        was = queries.total_stands(db.session.get_one(Lead, lead.id))
        services.change_total(
            lead.public_id, Money.of(500_000_000, "CNY"), None, was=was, sure=False, actor=actor("manager.nanshan"),
            now=clock.now(),
        )  # fmt: skip
    page = page.submit(there(lead, "total"), {"total_number": "4.2"}, status=409, htmx=True)
    assert "5.00" in page.html
    assert someone("manager.nanshan").name in page.html
    assert 'value="4.2"' in page.html
    page.submit(there(lead, "total"), {}, status=200, htmx=True)
    assert sums(app, lead)[0] == 42_000_000_000
    signed_in("officer.baoan").get(there(lead, "total"), status=404)
    signed_in("leader").get(there(lead, "total"), status=403)


def test_the_next_expected_day(app, signed_in, clock_at):
    clock_at("2026-11-16 09:00")
    lead, ours = project(app), signed_in()
    at = there(lead, "expected-day")
    page = ours.get(at, htmx=True)
    page.submit(at, {"kind": "contract_signed", "on": "2026-01-01"}, status=422, htmx=True)
    page.submit(at, {"kind": "first_talks", "on": "2027-01-01"}, status=422, htmx=True)
    page = page.submit(at, {"kind": "contract_signed", "on": "2027-01-10"}, status=200, htmx=True)
    assert "data-saved" in page.html
    mine, theirs = ours.get(at, htmx=True), signed_in("manager.nanshan").get(at)
    said = theirs.submit(at, {"on": "2027-02-20", "reason": ""}, status=422)
    assert "form-error" in said.html
    said.submit(at, {"reason": "the board meets later"}, status=303)
    page = mine.submit(at, {"on": "2027-03-01", "reason": "licence"}, status=409, htmx=True)
    assert someone("manager.nanshan").name in page.html
    assert "推迟 41 天" in page.html
    assert 'value="2027-03-01"' in page.html
    page = page.submit(at, {}, status=200, htmx=True)
    assert "调整 2 次" in page.html
    assert (
        "data-saved" in ours.get(at, htmx=True).submit(at, {"on": "", "reason": "nothing is agreed"}, status=200, htmx=True).html
    )
    colleague = signed_in("officer.baoan")
    colleague.get(at, status=404)
    signed_in("leader").get(at, status=403)
