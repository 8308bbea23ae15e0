"""Who reads what of a return: by the lead of each statement, as the policy says; in code, on the page and in the file."""

from io import BytesIO

import docx
import pytest

from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import NotFound
from crm.leads.models import Lead
from crm.matters.rules import Level
from crm.policy.rules import Role
from crm.returns import services
from crm.returns.rules import NamesSealed, NewLine, Section
from tests.builders import a_person, a_unit
from tests.matters.stories import raised
from tests.returns.stories import DURING, MONDAY, SUNDAY, does, drafted, edited, ids_of, reads, stored, submitted, texts, told
from tests.web.shared_city import seal

PEOPLE = ("officer.nanshan", "manager.nanshan", "colleague.nanshan", "officer.baoan", "manager.baoan", "coordinator", "leader")


@pytest.fixture
def sealed(desk, clock_at):
    """A week in which an open lead moved, and one that then got a code name; the colleague has nothing to do with that."""
    clock_at(DURING)
    a_person("colleague.nanshan", Role.OFFICER, "SZ-NS")
    opened = told("openly said")
    secret = told("secretly said")
    raised(secret, level=Level.CITY, text="secret trouble")
    seal(secret.public_id, "Heron", by="manager.nanshan")
    return opened, secret


def said(public_id, username):
    """Everything that a person can read of a return, in one text."""
    seen = reads(public_id, username)
    return repr([(part.lines, part.dropped) for part in seen.parts])


def test_a_code_name_is_all_that_a_leader_reads(sealed):
    _opened, secret = sealed
    public_id = submitted()
    for username in ("officer.nanshan", "manager.nanshan", "coordinator"):
        assert "secretly said" in said(public_id, username)
        assert "secret trouble" in said(public_id, username)
    for username in ("leader", "colleague.nanshan"):
        text = said(public_id, username)
        assert "openly said" in text
        for word in ("secretly said", "secret trouble", secret.number, secret.display_name, secret.title, secret.public_id):
            assert word not in text, (username, word)
    assert "Heron" in said(public_id, "leader")
    assert "Heron" not in said(public_id, "colleague.nanshan")
    assert reads(public_id, "colleague.nanshan").parts[0].hidden == 1


def test_what_went_by_a_code_name_stays_hidden_when_that_ends(sealed):
    public_id = submitted()
    _opened, secret = sealed
    with unit_of_work():
        from crm.sharing.models import LeadSeal

        for row in db.session.query(LeadSeal).filter_by(lead_id=secret.id):
            row.until = clock.city_day(DURING)
    later = clock.start_of(clock.city_day(MONDAY), days=30)
    with clock.fixed(later):
        assert not db.session.get_one(Lead, secret.id, populate_existing=True).sealed
    text = repr([part.lines for part in reads(public_id, "leader", later).parts])
    assert "secretly said" not in text
    assert "Heron" in text


def test_another_unit_finds_nothing_and_the_city_no_draft(sealed):
    public_id = drafted()
    for username in ("officer.baoan", "manager.baoan", "coordinator", "leader", "auditor"):
        with pytest.raises(NotFound):
            reads(public_id, username)
    does(services.submit, public_id, "", by="manager.nanshan")
    for username in ("officer.baoan", "manager.baoan", "auditor", "sysadmin"):
        with pytest.raises(NotFound):
            reads(public_id, username)


def test_a_lead_that_went_to_another_unit_is_no_longer_read_by_the_old_one(sealed):
    opened, _secret = sealed
    public_id = submitted()
    with unit_of_work():
        lead, there = db.session.get_one(Lead, opened.id), a_unit("SZ-BA")
        lead.following_unit_id, lead.following_unit_path, lead.owner_id = there.id, there.path, None
    assert "openly said" not in said(public_id, "colleague.nanshan")
    assert "openly said" in said(public_id, "coordinator")


def test_who_may_not_read_a_line_does_not_change_it(sealed):
    public_id = drafted()
    hidden = [line_id for line_id in ids_of(public_id) if line_id not in _visible(public_id, "colleague.nanshan")]
    edited(public_id, lines=dict.fromkeys(ids_of(public_id), ("overwritten", 1, False)), by="colleague.nanshan")
    assert hidden
    assert "secretly said" in texts(public_id, "officer.nanshan")
    assert all("overwritten" not in (line.text or "") for line in _lines(public_id) if line.id in hidden)


def _visible(public_id, username):
    return {line.id for part in reads(public_id, username).parts for line in part.lines}


def _lines(public_id):
    from crm.returns.queries import returns

    return returns.lines_of(stored(public_id).id)


def test_what_everybody_reads_does_not_name_it(sealed):
    opened, secret = sealed
    public_id = drafted()
    for name in (secret.display_name, secret.display_name.upper(), secret.number):
        with pytest.raises(NamesSealed) as refused:
            edited(public_id, progress=f"we met {name}")
        assert refused.value.facts["called"] == "Heron"
        with pytest.raises(NamesSealed):
            edited(public_id, added=[NewLine(Section.PROGRESS, f"we met {name}", opened.number)])
    edited(public_id, added=[NewLine(Section.PROGRESS, f"{secret.display_name} signs", secret.number)])
    assert "signs" not in said_by(public_id)
    edited(public_id, progress="Heron moves on")
    edited(public_id, progress=f"{secret.display_name}", by="colleague.nanshan")


def said_by(public_id):
    does(services.submit, public_id, "", by="manager.nanshan")
    text = said(public_id, "leader")
    does(services.send_back, public_id, "on", by="coordinator")
    return text


def test_the_page_and_the_file_say_no_more(app, signed_in, clock_at):
    clock_at(DURING)
    with app.app_context():
        a_person("colleague.nanshan", Role.OFFICER, "SZ-NS")
        told("openly said")
        secret = told("secretly said")
        seal(secret.public_id, "Heron", by="manager.nanshan")
        words = ("secretly said", secret.number, secret.display_name, secret.title, secret.public_id)
        clock_at(SUNDAY)
        public_id = submitted()
        db.session.remove()
    clock_at(MONDAY)
    for username in ("leader", "colleague.nanshan"):
        browser = signed_in(username)
        page = browser.get(f"/returns/{public_id}")
        assert "openly said" in page.text
        for word in words:
            assert word not in page.html, (username, word)
        paper = browser.get(f"/returns/{public_id}/return.docx", status=403 if username == "leader" else 200)
        if paper.status == 200:
            text = "\n".join(p.text for p in docx.Document(BytesIO(paper.response.data)).paragraphs)
            assert "openly said" in text
            assert "另有 1 条按权限不显示" in text
            assert not [word for word in words if word in text]
