"""How a file is kept and to whom it is handed out; every hand-out is noted."""

import hashlib
import io
from pathlib import Path

import pytest
from sqlalchemy import select

from crm.audit.models import AuditLine
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.files import queries, services
from crm.files.models import FileAccess, StoredFile
from crm.files.rules import FileRefused
from tests.builders import a_lead, actor, someone
from tests.files.test_rules import PDF
from tests.web.world import CSV, PNG


def store(app, lead=None, content=PDF, name="会议纪要.pdf", by="officer.nanshan", purpose="evidence") -> str:
    with app.app_context(), unit_of_work():
        row = services.store_file(
            content, name, purpose=purpose, root=app.config["FILES_PATH"], actor=actor(by), now=clock.now(),
            lead_id=lead.id if lead else None,
        )  # fmt: skip
        return row.public_id


def kept(app) -> list[Path]:
    return [path for path in Path(app.config["FILES_PATH"]).rglob("*") if path.is_file()]


def accesses(app) -> list[tuple[int, str]]:
    with app.app_context():
        rows = db.session.execute(
            select(FileAccess.user_id, StoredFile.name).join(StoredFile, StoredFile.id == FileAccess.file_id)
        )
        return [(row[0], row[1]) for row in rows]


def test_the_bytes_lie_under_their_digest(app):
    lead = a_lead()
    store(app, lead, name="../../up.pdf")
    store(app, lead, name="the same again.pdf")
    digest = hashlib.sha256(PDF).hexdigest()
    assert kept(app) == [Path(app.config["FILES_PATH"]) / digest[:2] / digest[2:4] / digest]
    assert kept(app)[0].read_bytes() == PDF
    with app.app_context():
        assert sorted(db.session.scalars(select(StoredFile.name))) == ["the same again.pdf", "up.pdf"]
        assert set(db.session.scalars(select(AuditLine.action).where(AuditLine.action.like("file.%")))) == {"file.stored"}


def test_what_is_refused_leaves_nothing(app):
    lead = a_lead()
    with pytest.raises(FileRefused):
        store(app, lead, content=b"MZ\x00", name="a.pdf")
    assert kept(app) == []
    with app.app_context():
        assert db.session.scalar(select(StoredFile)) is None


def test_a_failed_act_leaves_no_row(app):
    lead = a_lead()
    with app.app_context():
        with pytest.raises(LookupError), unit_of_work():
            who = actor("officer.nanshan")
            services.store_file(
                PDF, "a.pdf", purpose="evidence", root=app.config["FILES_PATH"], actor=who, now=clock.now(), lead_id=lead.id
            )
            raise LookupError
        assert db.session.scalar(select(StoredFile)) is None
        assert queries.evidence_types(lead.id) == []


def test_a_download_is_an_attachment_and_is_noted(app, signed_in):
    file = store(app, a_lead())
    answer = signed_in("officer.nanshan").get(f"/files/{file}").response
    assert answer.data == PDF
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert "filename*=UTF-8''%E4%BC%9A%E8%AE%AE%E7%BA%AA%E8%A6%81.pdf" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert accesses(app) == [(someone("officer.nanshan").id, "会议纪要.pdf")]
    with app.app_context():
        assert db.session.scalar(select(AuditLine.action).order_by(AuditLine.seq.desc()).limit(1)) == "file.opened"


@pytest.mark.only_on("sqlite")
def test_only_images_may_be_shown(app, signed_in):
    lead, browser = a_lead(), signed_in("officer.nanshan")
    picture, document = store(app, lead, PNG, "a.png"), store(app, lead)
    table = store(app, lead, CSV, "a.csv")
    assert browser.get(f"/files/{picture}?view=1").response.headers["Content-Disposition"].startswith("inline")
    assert browser.get(f"/files/{picture}").response.headers["Content-Disposition"].startswith("attachment")
    for file in (document, table):
        assert browser.get(f"/files/{file}?view=1").response.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(("username", "status"), [
    ("officer.nanshan", 200), ("manager.nanshan", 200), ("coordinator", 200), ("leader", 200), ("officer.baoan", 404), ("manager.baoan", 404),
    ("auditor", 403), ("sysadmin", 403), ("secadmin", 403),
])  # fmt: skip
def test_who_gets_a_leads_file(app, signed_in, username, status):
    file = store(app, a_lead())
    signed_in(username).get(f"/files/{file}", status=status)
    assert len(accesses(app)) == (status == 200), "a refused look is no look, a granted one is noted"


@pytest.mark.only_on("sqlite")
def test_a_file_without_a_lead_is_its_owners(app, signed_in, client):
    file = store(app, None, CSV, "list.csv", purpose="import")
    signed_in("officer.nanshan").get(f"/files/{file}")
    for other in ("manager.nanshan", "coordinator", "leader"):
        signed_in(other).get(f"/files/{file}", status=404)
    assert "sign-in" in client.get(f"/files/{file}", status=303).location
    for nowhere in ("nowhere", "x" * 22, "..%2f..%2fetc%2fpasswd"):
        signed_in("officer.nanshan").get(f"/files/{nowhere}", status=404)


@pytest.mark.only_on("sqlite")
def test_lost_bytes_are_not_found(app, signed_in):
    file = store(app, a_lead())
    kept(app)[0].unlink()
    signed_in("officer.nanshan").get(f"/files/{file}", status=404)


class TestUploading:
    """Through the lead's page."""

    def send(self, browser, lead, files, status=303, purpose="evidence", kind="minutes"):
        data = {"purpose": purpose, "evidence_type": kind, "files": [(io.BytesIO(content), name) for name, content in files]}
        return browser.post(f"/leads/{lead.public_id}/files", data, status=status, content_type="multipart/form-data")

    def stored(self, app):
        with app.app_context():
            return sorted(db.session.execute(select(StoredFile.name, StoredFile.purpose)).all())

    def test_several_at_once(self, app, signed_in):
        lead, browser = a_lead(), signed_in("officer.nanshan")
        self.send(browser, lead, [("a.pdf", PDF), ("b/照片.png", PNG)])
        assert self.stored(app) == [("a.pdf", "evidence"), ("照片.png", "evidence")]
        assert "照片.png" in browser.get(f"/leads/{lead.public_id}").html

    @pytest.mark.only_on("sqlite")
    def test_evidence_says_what_it_is_and_an_attachment_need_not(self, app, signed_in):
        lead, browser = a_lead(), signed_in("officer.nanshan")
        for kind in ("", "fact", "no such"):
            page = self.send(browser, lead, [("a.pdf", PDF)], kind=kind).follow()
            assert "佐证类型" in page.html or "选择" in page.html
            assert self.stored(app) == []
        self.send(browser, lead, [("a.pdf", PDF)], purpose="attachment", kind="")
        self.send(browser, lead, [("b.pdf", PDF)], kind="intent")
        with app.app_context():
            types = dict(db.session.execute(select(StoredFile.name, StoredFile.evidence_type)).all())
        assert types == {"a.pdf": None, "b.pdf": "intent"}
        assert "意向书" in browser.get(f"/leads/{lead.public_id}").html

    @pytest.mark.only_on("sqlite")
    def test_one_bad_file_stops_all_and_is_named(self, app, signed_in):
        lead, browser = a_lead(), signed_in("officer.nanshan")
        page = self.send(browser, lead, [("a.pdf", PDF), ("setup.exe", b"MZ\x00\x01")]).follow()
        assert "setup.exe" in page.html
        assert self.stored(app) == []

    @pytest.mark.only_on("sqlite")
    def test_nobody_adds_to_another_units_lead(self, app, signed_in):
        lead = a_lead()
        self.send(signed_in("officer.baoan"), lead, [("a.pdf", PDF)], status=404)
        self.send(signed_in("leader"), lead, [("a.pdf", PDF)], status=(303, 403))
        assert self.stored(app) == []
