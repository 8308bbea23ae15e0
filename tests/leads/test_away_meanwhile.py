"""A lead goes away from somebody who is typing: the page that refuses shows what was typed, to be copied."""

import pytest
from sqlalchemy import select, update

from crm.core.db import db, unit_of_work
from crm.leads.models import Lead
from tests.builders import a_lead, someone

SAID = "会谈三小时，\n对方要两万平方米厂房。"
FORMS = {
    "/progress/{}": {"kind": "meeting", "summary": SAID},
    "/leads/{}/edit": {"title": SAID},
}


def give_away(lead: Lead) -> None:
    other = someone("officer.baoan")
    facts = {"following_unit_id": other.unit_id, "owner_id": other.id, "version": Lead.version + 1}
    with unit_of_work():
        db.session.execute(update(Lead).where(Lead.id == lead.id).values(facts))


def merge(lead: Lead) -> None:
    with unit_of_work():
        other = db.session.scalar(select(Lead.id).where(Lead.id != lead.id))
        db.session.execute(update(Lead).where(Lead.id == lead.id).values(merged_into_id=other, version=Lead.version + 1))


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    ("happens", "status", "actions"),
    [(give_away, (403, 404), ["/leads/{}/edit"]), (merge, 409, list(FORMS))],
    ids=["away", "merged"],
)
def test_what_was_typed_is_there(app, signed_in, happens, status, actions):
    a_lead("Norvenhoek BV")
    lead = a_lead("Kestovar Robotics GmbH")
    browser = signed_in("officer.nanshan")
    pages = {action: browser.get(action.format(lead.public_id)) for action in actions}
    with app.app_context():
        happens(lead)
        db.session.remove()
    for action, page in pages.items():
        answer = page.submit(action.format(lead.public_id), FORMS[action], status=status)
        words = answer.root.first("textarea", id="typed")
        assert "对方要两万平方米厂房。" in words.text, action
        assert lead.public_id not in words.text


@pytest.mark.only_on("sqlite")
def test_nothing_of_a_form_that_is_none_of_ours(signed_in):
    browser = signed_in("officer.nanshan")
    for token in ("", "x"):
        answer = browser.http.post("/leads/nothing/edit", data={"title": "别人写的话", "csrf_token": token})
        assert answer.status_code == 400
        assert "别人写的话" not in answer.text


@pytest.mark.only_on("sqlite")
def test_no_password_is_shown(signed_in):
    browser = signed_in("officer.nanshan")
    token = browser.get("/account/password").form("/account/password").first("input", name="csrf_token")["value"]
    answer = browser.http.post(
        "/leads/nothing/edit", data={"password": "Geheim 2026 !", "title": "写了的话", "csrf_token": token}
    )
    assert answer.status_code == 404
    assert "Geheim" not in answer.text
    assert "写了的话" in answer.text
