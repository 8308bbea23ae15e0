"""`flask backup` and `flask restore`: everything comes back as it was; a damaged archive changes nothing."""

import gzip
import io
import json
import sqlite3
import tarfile
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, inspect, select, text

from crm.accounts import services as accounts
from crm.audit.models import AuditLine
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.desk import cli as commands
from crm.files import services as files
from crm.files.models import StoredFile
from crm.leads.models import Lead
from tests.builders import a_lead, actor, someone
from tests.desk.commands import flask
from tests.files.test_rules import PDF
from tests.web.world import PNG


def put(app: Flask, lead: Lead, content: bytes, name: str) -> str:
    with app.app_context(), unit_of_work():
        row = files.store_file(
            content, name, purpose="evidence", root=app.config["FILES_PATH"], actor=actor(), now=clock.now(), lead_id=lead.id
        )
        return row.public_id


def numbers(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Lead.number).order_by(Lead.number)))


def kept(app: Flask) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in Path(app.config["FILES_PATH"]).rglob("*") if path.is_file()}


@pytest.fixture
def saved(app, tmp_path):
    """A backup of a database with one lead and its file."""
    lead = a_lead("Kestovar Robotics GmbH")
    file = put(app, lead, PDF, "minutes.pdf")
    result = flask(app, "backup", tmp_path / "saved.tar.gz")
    assert result.exit_code == 0, result.output
    return tmp_path / "saved.tar.gz", lead.number, file


def changed(archive: Path, **entries: bytes | None) -> Path:
    """The archive with entries replaced (None: left out, `__` for a slash)."""
    wanted = {name.replace("__", "/").replace("_json", ".json"): content for name, content in entries.items()}
    other = archive.with_name("changed.tar.gz")
    with tarfile.open(archive) as old, tarfile.open(other, "w:gz") as new:
        for member in old.getmembers():
            if not member.isfile():
                continue
            content = wanted.pop(member.name) if member.name in wanted else old.extractfile(member).read()
            if content is not None:
                member.size = len(content)
                new.addfile(member, io.BytesIO(content))
        for name, content in wanted.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            new.addfile(member, io.BytesIO(content))
    return other


def manifest(archive: Path) -> dict[str, str]:
    with tarfile.open(archive) as opened:
        return json.load(opened.extractfile("manifest.json"))


def test_there_and_back(app, saved, signed_in):
    archive, number, file = saved
    put(app, a_lead("Norvenhoek Optics B.V."), PNG, "later.png")
    with app.app_context(), unit_of_work():
        accounts.disable_user(someone("officer.nanshan"), actor=actor("sysadmin"), now=clock.now())
    for path in Path(app.config["FILES_PATH"]).rglob("*"):
        if path.is_file() and path.read_bytes() == PDF:
            path.unlink()
    result = flask(app, "restore", archive, "--yes")
    assert result.exit_code == 0, result.output
    assert "the audit chain holds" in result.stdout
    assert numbers(app) == [number]
    assert someone("officer.nanshan").is_active
    assert signed_in("officer.nanshan").get(f"/files/{file}").response.data == PDF
    assert flask(app, "audit", "verify").exit_code == 0
    a_lead("Sundergast Ceramics AG")  # serial keys and numbers go on
    assert len(numbers(app)) == 2


def test_the_manifest_names_every_file(app, saved):
    archive, _number, _file = saved
    names = manifest(archive)
    assert [name.split("/")[0] for name in names][1:] == ["files"]
    assert {name.rsplit("/")[-1] for name in names if name.startswith("files/")} == set(kept(app))
    again = archive.with_name("again.tar.gz")
    (Path(app.config["FILES_PATH"]) / "tmp-being-written").write_bytes(b"half")
    assert flask(app, "backup", again).exit_code == 0
    assert not [name for name in manifest(again) if "tmp" in name]


def test_a_full_database_is_not_overwritten_without_a_word(app, saved):
    archive, _number, _file = saved
    a_lead("Norvenhoek Optics B.V.")
    result = flask(app, "restore", archive)
    assert result.exit_code == 2
    assert "--yes" in result.stderr
    assert len(numbers(app)) == 2


def broken_database(archive):
    name = next(iter(manifest(archive)))
    with tarfile.open(archive) as opened:
        content = bytearray(opened.extractfile(name).read())
    content[len(content) // 2] ^= 255
    return changed(archive, **{name: bytes(content)})


def broken_file(archive):
    name = next(name for name in manifest(archive) if name.startswith("files/"))
    return changed(archive, **{name: PDF + b"!"})


def lost_file(archive):
    return changed(archive, **{next(name for name in manifest(archive) if name.startswith("files/")): None})


def strange_file(archive):
    return changed(archive, **{"files/aa/bb/strange": b"x"})


def old_archive_with_a_broken_file(archive):
    """As backups were before files stood in the manifest: a file's name is its digest."""
    database = next(iter(manifest(archive)))
    broken = broken_file(archive)
    digest = json.dumps({database: manifest(archive)[database]}).encode()
    return changed(broken.rename(archive.with_name("once.tar.gz")), manifest_json=digest)


def cut_off(archive):
    archive.write_bytes(archive.read_bytes()[: archive.stat().st_size // 2])
    return archive


def no_archive(archive):
    archive.write_bytes(b"nothing of the kind")
    return archive


def packed_noise(archive):
    archive.write_bytes(gzip.compress(b"nothing of the kind" * 100))
    return archive


def empty(archive):
    archive.write_bytes(b"")
    return archive


def without_manifest(archive):
    return changed(archive, manifest_json=None)


def odd_manifest(archive):
    return changed(archive, manifest_json=b"[1, 2")


def climbing(archive):
    return changed(archive, **{"../../climbed": b"x"})


def of_another_kind(archive):
    name, other = next(iter(manifest(archive))), {"database.sqlite": "database.dump", "database.dump": "database.sqlite"}
    facts = {other.get(key, key): digest for key, digest in manifest(archive).items()}
    with tarfile.open(archive) as opened:
        content = opened.extractfile(name).read()
    return changed(archive, manifest_json=json.dumps(facts).encode(), **{name: None, other[name]: content})


@pytest.mark.parametrize("damage", [
    broken_database, broken_file, lost_file, strange_file, old_archive_with_a_broken_file, cut_off, no_archive, packed_noise, empty,
    without_manifest, odd_manifest, climbing, of_another_kind,
])  # fmt: skip
def test_a_damaged_archive_changes_nothing(app, saved, damage):
    archive, _number, _file = saved
    a_lead("Norvenhoek Optics B.V.")
    before = (numbers(app), kept(app))
    result = flask(app, "restore", damage(archive), "--yes")
    assert result.exit_code == 2, (result.output, result.exception)
    assert "Error" in result.stderr
    assert "Traceback" not in result.output
    assert (numbers(app), kept(app)) == before


@pytest.mark.only_on("sqlite")
def test_a_database_that_is_none_changes_nothing(app, saved):
    """The digest is right, what it is of is no database: seen before the old one is touched."""
    import hashlib

    archive, number, _file = saved
    noise = b"no database" * 1000
    facts = manifest(archive) | {"database.sqlite": hashlib.sha256(noise).hexdigest()}
    result = flask(
        app, "restore", changed(archive, manifest_json=json.dumps(facts).encode(), **{"database.sqlite": noise}), "--yes"
    )
    assert result.exit_code == 2
    assert numbers(app) == [number]


def test_a_backup_made_before_files_stood_in_the_manifest(app, saved):
    archive, number, _file = saved
    database = next(iter(manifest(archive)))
    old = changed(archive, manifest_json=json.dumps({database: manifest(archive)[database]}).encode())
    assert flask(app, "restore", old, "--yes").exit_code == 0
    assert numbers(app) == [number]


@pytest.mark.only_on("sqlite")
def test_wrong_calls(app, tmp_path):
    for words in (
        ["restore", tmp_path / "nowhere.tar.gz"],
        ["restore", tmp_path],
        ["backup", tmp_path / "no" / "where.tar.gz"],
        ["backup", tmp_path],
    ):
        result = flask(app, *words)
        assert result.exit_code == 2
        assert "Error" in result.stderr


def test_a_broken_chain_is_said(app, saved):
    archive, _number, _file = saved
    with app.app_context(), unit_of_work():
        db.session.execute(AuditLine.__table__.update().where(AuditLine.seq == 1).values(action="something.else"))
    assert flask(app, "audit", "verify").exit_code == 1
    broken = archive.with_name("broken.tar.gz")
    assert flask(app, "backup", broken).exit_code == 0
    result = flask(app, "restore", broken, "--yes")
    assert result.exit_code == 1
    assert "breaks at line 1" in result.stderr
    assert flask(app, "restore", archive, "--yes").exit_code == 0
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(StoredFile)) == 1


def test_back_to_the_release_before(app, saved):
    """What a later release has laid out besides, which the backup does not know, holds nothing back."""
    archive, number, _file = saved
    with app.app_context(), unit_of_work():
        db.session.execute(text("CREATE TABLE later (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES user_account (id))"))
        db.session.execute(text("INSERT INTO later SELECT id, id FROM user_account"))
    result = flask(app, "restore", archive, "--yes")
    assert result.exit_code == 0, result.output
    assert numbers(app) == [number]
    with app.app_context():
        assert not inspect(db.engine).has_table("later")


def test_a_database_of_another_release_is_not_overwritten_without_a_word(app, saved):
    archive, _number, _file = saved
    column = "ALTER TABLE user_account RENAME COLUMN {} TO {}"
    with app.app_context(), unit_of_work():
        db.session.execute(text(column.format("must_change_password", "otherwise")))
    result = flask(app, "restore", archive)
    with app.app_context(), unit_of_work():
        db.session.execute(text(column.format("otherwise", "must_change_password")))
    assert result.exit_code == 2
    assert "--yes" in result.stderr


@pytest.mark.only_on("sqlite")
def test_whoever_writes_is_not_waited_for_without_end(app, saved, monkeypatch):
    archive, _number, _file = saved
    monkeypatch.setattr(commands, "BUSY_SECONDS", 0.1)
    writer = sqlite3.connect(app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///"), isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    result = flask(app, "restore", archive, "--yes")
    writer.close()
    assert result.exit_code == 2
    assert "stop the product" in result.stderr


def test_a_place_that_cannot_be_written(app, tmp_path):
    (tmp_path / "saved.part").mkdir()
    result = flask(app, "backup", tmp_path / "saved")
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr
