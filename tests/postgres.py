"""A PostgreSQL of our own: made in a temporary folder, on a free port of this machine, gone when it is stopped."""

import atexit
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

_USER = "board"
# Nothing here outlives the tests: no waiting for the disk.
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "150",
    "shared_buffers": "128MB",
    "autovacuum": "off",
    "timezone": "UTC",
}


class NoPostgres(RuntimeError):
    """PostgreSQL's programs are not installed."""


def programs() -> Path:
    """The folder of the newest installed server's programs; NoPostgres."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[4]))
    if found:
        return found[-1].parent
    on_path = shutil.which("postgres")
    if on_path:
        return Path(on_path).parent
    raise NoPostgres("no PostgreSQL server: apt-get install postgresql")


def _owner() -> str | None:
    """Whose the server is: it refuses to run as root."""
    if os.getuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class PostgresServer:
    """`start()`, then `url(name)` for databases made with `create(name)`, then `stop()`."""

    def __init__(self, **settings: str) -> None:
        self.settings = _SETTINGS | settings
        self.folder: Path | None = None
        self.port = 0
        self._admin: Any = None

    def start(self) -> "PostgresServer":
        """Make the cluster and bring it up (about two seconds)."""
        self.folder = Path(tempfile.mkdtemp(prefix="one-board-pg-"))
        owner = _owner()
        if owner:
            shutil.chown(self.folder, owner)
        self._run("initdb", "-D", str(self.data), "-U", _USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        self.port = _free_port()
        options = [f"-c {name}={value}" for name, value in self.settings.items()]
        options += [f"-p {self.port}", f"-c unix_socket_directories={self.folder}"]
        self._run("pg_ctl", "-D", str(self.data), "-w", "-l", str(self.folder / "log"), "-o", " ".join(options), "start")
        atexit.register(self.stop)
        return self

    @property
    def data(self) -> Path:
        """The cluster's folder."""
        assert self.folder is not None
        return self.folder / "data"

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(programs() / program), *arguments], user=_owner(), cwd="/", stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if program == "initdb" else subprocess.DEVNULL, stderr=subprocess.STDOUT, check=False,
        )  # fmt: skip
        if done.returncode:
            log = self.folder / "log" if self.folder else None
            raise RuntimeError(f"{program}: {done.stdout!r} {log.read_text() if log and log.exists() else ''}")

    def url(self, name: str) -> str:
        """SQLAlchemy's address of a database."""
        return f"postgresql+psycopg://{_USER}@127.0.0.1:{self.port}/{name}"

    def _do(self, statement: sql.Composable) -> None:
        if self._admin is None:
            dsn = f"host=127.0.0.1 port={self.port} user={_USER} dbname=postgres"
            self._admin = psycopg.connect(dsn, autocommit=True)
        self._admin.execute(statement)

    def create(self, name: str, template: str | None = None) -> str:
        """A new database, empty or a copy of one that nobody has open; its address."""
        parts = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
        if template:
            parts += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
        self._do(parts)
        return self.url(name)

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected; none is fine."""
        self._do(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def stop(self) -> None:
        """Stop the server and remove its folder; twice is fine."""
        if self.folder is None:
            return
        if self._admin is not None:
            self._admin.close()
            self._admin = None
        try:
            self._run("pg_ctl", "-D", str(self.data), "-m", "immediate", "-w", "stop")
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder = None
