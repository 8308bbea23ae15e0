"""Keeping the product well: backup, restore, is it fit for production, does the audit chain hold."""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from crm.accounts import queries as accounts
from crm.audit import queries as audit_queries
from crm.audit import rules as audit_rules
from crm.core.db import db
from crm.policy.rules import Role

FIXED_SQLITE = (3, 51, 3)  # before it, a rare race can damage a WAL database (sqlite.org/wal.html#walresetbug)
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


@click.command("backup")
@click.argument("target", type=click.Path(path_type=Path))
def backup(target: Path) -> None:
    """Write database and files into one .tar.gz, consistent while the product runs (never copy a live database file)."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        name = _dump(place)
        manifest = {name: _digest(place / name)}
        (place / "manifest.json").write_text(json.dumps(manifest), "utf-8")
        with tarfile.open(target, "w:gz") as archive:
            archive.add(place / name, name)
            archive.add(place / "manifest.json", "manifest.json")
            files = Path(current_app.config["FILES_PATH"])
            if files.exists():
                archive.add(files, "files")
    click.echo(f"{target}: {target.stat().st_size:,} bytes")


def _dump(place: Path) -> str:
    path = _sqlite_path()
    if path is not None:
        with sqlite3.connect(path) as source, sqlite3.connect(place / "database.sqlite") as copy:
            source.backup(copy)
        return "database.sqlite"
    if shutil.which("pg_dump") is None:
        raise click.ClickException("pg_dump is not installed (Debian: postgresql-client)")
    url = current_app.config["SQLALCHEMY_DATABASE_URI"].replace("+psycopg", "")
    subprocess.run(["pg_dump", "--format=custom", f"--file={place / 'database.dump'}", url], check=True)
    return "database.dump"


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@click.command("restore")
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option("--yes", is_flag=True, help="Overwrite what the database holds.")
def restore(source: Path, yes: bool) -> None:
    """Bring a backup back: digests checked first, the database and its audit chain after. Stop the product before."""
    with tempfile.TemporaryDirectory() as folder, tarfile.open(source, "r:gz") as archive:
        archive.extractall(folder, filter="data")
        place = Path(folder)
        manifest = json.loads((place / "manifest.json").read_text("utf-8"))
        for name, digest in manifest.items():
            if _digest(place / name) != digest:
                raise click.ClickException(f"{name} is damaged: its digest differs")
        if not yes and accounts_exist():
            raise click.ClickException("the database is not empty; add --yes to overwrite it")
        _load(place, next(iter(manifest)))
        if (place / "files").exists():
            shutil.copytree(place / "files", current_app.config["FILES_PATH"], dirs_exist_ok=True)
    broken = audit_rules.first_break(audit_queries.links())
    if broken is not None:
        raise click.ClickException(f"restored, but the audit chain breaks at line {broken}")
    click.echo("restored; the audit chain holds")


def accounts_exist() -> bool:
    """Whether anybody is in the database (False before its first migration)."""
    try:
        return bool(accounts.everyone())
    except Exception:  # noqa: BLE001 - no table yet: nothing to overwrite
        return False
    finally:
        db.session.remove()


def _load(place: Path, name: str) -> None:
    db.engine.dispose()
    path = _sqlite_path()
    if path is not None:
        with sqlite3.connect(place / name) as copy, sqlite3.connect(path) as target:
            copy.backup(target)
            if target.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
                raise click.ClickException("the restored database is damaged")
        return
    url = current_app.config["SQLALCHEMY_DATABASE_URI"].replace("+psycopg", "")
    subprocess.run(["pg_restore", "--clean", "--if-exists", f"--dbname={url}", str(place / name)], check=True)


def findings() -> Iterator[tuple[str, str]]:
    """What stands against production: (fail or warn, sentence)."""
    config = current_app.config
    checks = [
        ("fail", config["PRODUCTION"], "ONE_BOARD_ENV is not production"),
        ("fail", bool(os.environ.get("SECRET_KEY")), "SECRET_KEY is not set by the environment"),
        ("fail", len(config["SECRET_KEY"]) >= 32, "SECRET_KEY is shorter than 32 characters"),
        ("fail", config["PUBLIC_URL"].startswith("https://"), "PUBLIC_URL is not https"),
        ("fail", bool(config["TRUSTED_HOSTS"]), "TRUSTED_HOSTS is empty: the host header is believed"),
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
