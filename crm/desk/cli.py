"""Keeping the product well: backup, restore, is it fit for production, does the audit chain hold."""

import hashlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import urlsplit

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import func, inspect, make_url, select, table
from sqlalchemy.exc import DBAPIError
from werkzeug.sansio.utils import host_is_trusted

from crm.accounts import queries as accounts
from crm.audit import queries as audit_queries
from crm.audit import rules as audit_rules
from crm.core.db import BUSY_SECONDS, db
from crm.policy.rules import Role

FIXED_SQLITE = (3, 51, 3)  # before it, a rare race can damage a WAL database (sqlite.org/wal.html#walresetbug)
SQLITE, POSTGRES, MANIFEST = "database.sqlite", "database.dump", "manifest.json"
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")
audit = AppGroup("audit", help="The audit trail.")


def _sqlite_path() -> Path | None:
    url: str = current_app.config["SQLALCHEMY_DATABASE_URI"]
    return Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None


@audit.command("verify")
def verify() -> None:
    """Walk the chain; exit 1 where it breaks."""
    broken = audit_rules.first_break(audit_queries.links())
    if broken is not None:
        click.echo(f"broken at line {broken}")
        raise SystemExit(1)
    click.echo("the chain holds")


class Refused(click.ClickException):
    """What the command was given cannot be used; nothing was changed."""

    exit_code = 2


@click.command("backup")
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
def backup(target: Path) -> None:
    """Write database and files into one .tar.gz, consistent while the product runs (never copy a live database file)."""
    if not target.absolute().parent.is_dir():
        raise Refused(f"{target.parent} is no folder")
    accounts.has_demo_users()  # a database that was never laid out is told at the door: an archive of nothing helps nobody
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        name = _dump(place)
        stored = _stored(Path(current_app.config["FILES_PATH"]))
        manifest = {name: _digest(place / name)} | {f"files/{where}": path.name for where, path in stored.items()}
        (place / MANIFEST).write_text(json.dumps(manifest), "utf-8")
        unfinished = target.with_name(target.name + ".part")  # an older backup of this name stays until the new one is whole
        try:
            with tarfile.open(unfinished, "w:gz") as archive:
                for entry in (name, MANIFEST):
                    archive.add(place / entry, entry)
                for where, path in stored.items():
                    archive.add(path, f"files/{where}")
            unfinished.replace(target)
        except OSError as error:
            with suppress(OSError):
                unfinished.unlink()
            raise Refused(f"{target} cannot be written: {error.strerror}") from error
    click.echo(f"{target}: {target.stat().st_size:,} bytes")


def _stored(root: Path) -> dict[str, Path]:
    """The stored files by their place below `root`; what is just being written has no digest for a name yet."""
    return {
        path.relative_to(root).as_posix(): path for path in sorted(root.rglob("*")) if path.is_file() and _SHA256.match(path.name)
    }


def _dump(place: Path) -> str:
    path = _sqlite_path()
    if path is not None:
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(place / SQLITE)) as copy:
            source.backup(copy)
        return SQLITE
    _postgres("pg_dump", "--format=custom", f"--file={place / POSTGRES}")
    return POSTGRES


def _postgres(program: str, *options: str, here: bool = True) -> None:
    """Run one of PostgreSQL's programs on this database, or on files alone (not `here`); the password is handed over where other
    users do not see it.
    """
    if shutil.which(program) is None:
        raise Refused(f"{program} is not installed (Debian: postgresql-client)")
    url = make_url(current_app.config["SQLALCHEMY_DATABASE_URI"])
    plain = url.set(drivername="postgresql", password=None).render_as_string()
    environment = os.environ | ({"PGPASSWORD": url.password} if url.password else {})
    place = [f"--dbname={plain}"] if here else []
    done = subprocess.run([program, *options, *place], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Refused(f"{program}: {done.stderr.strip()}")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@click.command("restore")
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Overwrite what the database holds.")
def restore(source: Path, yes: bool) -> None:
    """Bring a backup back: digests checked first, the database and its audit chain after. Stop the product before."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        name = _unpack(source, place)
        if not yes and accounts_exist():
            raise Refused("the database is not empty; add --yes to overwrite it")
        if (place / "files").exists():
            shutil.copytree(place / "files", current_app.config["FILES_PATH"], dirs_exist_ok=True)
        _load(place, name)
    broken = audit_rules.first_break(audit_queries.links())
    if broken is not None:
        click.echo(f"restored, but the audit chain breaks at line {broken}", err=True)
        raise SystemExit(1)
    click.echo("restored; the audit chain holds")


def _unpack(source: Path, place: Path) -> str:
    """Unpack a backup and check every digest in it; the name of its database. Refused for damage or another kind of database."""
    try:
        with tarfile.open(source, "r:gz") as archive:
            archive.extractall(place, filter="data")
        manifest = dict(json.loads((place / MANIFEST).read_text("utf-8")))
    except (tarfile.TarError, zlib.error, EOFError, OSError, ValueError, TypeError) as error:
        raise Refused(f"{source.name} is no backup, or damaged: {error}") from error
    wanted = SQLITE if _sqlite_path() is not None else POSTGRES
    if wanted not in manifest:
        raise Refused(f"{source.name} holds no {wanted}: it was made on another kind of database")
    found = {path.relative_to(place).as_posix(): path for path in place.rglob("*") if path.is_file() and path.name != MANIFEST}
    for name in manifest.keys() | found.keys():
        # A file of a backup made before files stood in the manifest carries its digest as its name.
        if name not in found or _digest(found[name]) != manifest.get(name, found[name].name):
            raise Refused(f"{name} is damaged: its digest differs")
    if wanted == SQLITE:
        _check_sqlite(place / SQLITE)
    return wanted


def _check_sqlite(path: Path) -> None:
    try:
        with closing(sqlite3.connect(path)) as copy:
            found = copy.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        found = str(error)
    if found != "ok":
        raise Refused(f"{path.name} is damaged: {found}")


def accounts_exist() -> bool:
    """Whether anybody is in the database, of whatever release it is (False before its first migration)."""
    try:
        return bool(db.session.scalar(select(func.count()).select_from(table("user_account"))))
    except DBAPIError:  # no table yet: nothing to overwrite
        return False
    finally:
        db.session.remove()


def _load(place: Path, name: str) -> None:
    db.session.remove()
    db.engine.dispose()
    path = _sqlite_path()
    if path is not None:
        with closing(sqlite3.connect(place / name)) as copy, closing(sqlite3.connect(path)) as target:
            copy.backup(target, progress=_patient())
        return
    # By a script, in one transaction with the removal of every table that is there: those of a later release, which the backup
    # does not know, would hold on to the others.
    _postgres(
        "pg_restore", "--clean", "--if-exists", "--no-owner", f"--file={place / 'backup.sql'}", str(place / name), here=False
    )
    with db.engine.connect() as connection:
        quote = connection.dialect.identifier_preparer.quote
        there = [f"DROP TABLE IF EXISTS {quote(one)} CASCADE;\n" for one in inspect(connection).get_table_names()]
    (place / "before.sql").write_text("".join(there), "utf-8")
    db.engine.dispose()
    scripts = [f"--file={place / script}" for script in ("before.sql", "backup.sql")]
    _postgres("psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--single-transaction", *scripts)


def _patient() -> Callable[[int, int, int], None]:
    """Waits for whoever writes as long as everybody does; SQLite itself would wait for ever."""
    until = time.monotonic() + BUSY_SECONDS

    def waiting(status: int, _remaining: int, _pages: int) -> None:
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and time.monotonic() > until:
            raise Refused("somebody is writing to the database: stop the product first")

    return waiting


def findings() -> Iterator[tuple[str, str]]:
    """What stands against production: (fail or warn, sentence)."""
    config = current_app.config
    checks = [
        ("fail", config["PRODUCTION"], "ONE_BOARD_ENV is not production"),
        ("fail", bool(os.environ.get("SECRET_KEY")), "SECRET_KEY is not set by the environment"),
        ("fail", len(config["SECRET_KEY"]) >= 32, "SECRET_KEY is shorter than 32 characters"),
        ("fail", config["PUBLIC_URL"].startswith("https://"), "PUBLIC_URL is not https"),
        ("fail", bool(config["TRUSTED_HOSTS"]), "TRUSTED_HOSTS is empty: the host header is believed"),
        (
            "fail",
            _goes_by(config["PUBLIC_URL"], config["TRUSTED_HOSTS"]),
            "PUBLIC_URL is none of TRUSTED_HOSTS: no page opens",
        ),
        ("fail", not config["TESTING"] and not current_app.debug, "debug or testing is on"),
        ("fail", not config["JOBS_INLINE"], "jobs run inline, without a worker"),
        ("fail", config["SESSION_IDLE_MINUTES"] <= 240, "sessions may idle for more than four hours"),
        ("fail", config["SESSION_HOURS"] <= 12, "sessions live longer than twelve hours"),
        ("fail", config["MAX_CONTENT_LENGTH"] <= 32 * 1024**2, "MAX_CONTENT_LENGTH is above 32 MB"),
        ("fail", config["WTF_CSRF_TIME_LIMIT"] is None, "form tokens die before their session"),
        ("fail", not accounts.has_demo_users(), "demo accounts are open: flask demo remove"),
        ("fail", bool(accounts.of_role(Role.SYSTEM_ADMIN)), "there is no system administrator"),
        ("fail", bool(accounts.of_role(Role.SECURITY_ADMIN)), "there is no security administrator"),
        ("fail", bool(accounts.of_role(Role.AUDITOR)), "there is no auditor"),
        ("warn", bool(accounts.of_role(Role.COORDINATOR)), "there is no coordinator"),
        ("fail", os.access(Path(config["FILES_PATH"]).parent, os.W_OK), "the files folder cannot be written"),
        ("fail", audit_rules.first_break(audit_queries.links()) is None, "the audit chain is broken: flask audit verify"),
        ("warn", config["PROXY_HOPS"] > 0, "PROXY_HOPS is 0: behind a gateway every visitor has its address"),
    ]
    yield from ((level, text) for level, good, text in checks if not good)
    yield from _sqlite_findings()


def _goes_by(url: str, hosts: list[str] | None) -> bool:
    """Whether the product answers at its own address."""
    return not hosts or host_is_trusted(urlsplit(url).hostname or "", hosts)


def _sqlite_findings() -> Iterator[tuple[str, str]]:
    path = _sqlite_path()
    if path is None:
        return
    version = tuple(int(part) for part in sqlite3.sqlite_version.split("."))
    if version < FIXED_SQLITE:
        yield "warn", f"SQLite {sqlite3.sqlite_version} is older than 3.51.3 (a rare WAL race); PostgreSQL for several servers"
    if path.exists() and path.stat().st_mode & 0o077:
        yield "warn", f"{path.name} can be read by other users of this machine"


@click.command("check-deploy")
def check_deploy() -> None:
    """Is this configuration fit for production? Exit 1 on any failure; warnings are for people."""
    found = list(findings())
    for level, text in found:
        click.echo(f"{level}: {text}")
    failures = sum(level == "fail" for level, _text in found)
    click.echo(f"{failures} failures, {len(found) - failures} warnings")
    raise SystemExit(1 if failures else 0)


commands = [audit, backup, restore, check_deploy]
