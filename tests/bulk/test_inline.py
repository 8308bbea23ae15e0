"""One field changed where it stands: that field alone is looked at, both values are shown where it moved, and who may."""

from datetime import date

import pytest
from sqlalchemy import select

from crm.bulk import services
from crm.bulk.rules import Act, Wanted
from crm.core import clock
from crm.core.db import db, unit_of_work
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
