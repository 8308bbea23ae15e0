"""Settings: the only reader of the environment, no logic of the product. What cannot be read stops the start with exit code 2."""

import os
import secrets
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, TypeVar

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
Number = TypeVar("Number", int, float)

ROOT = Path(__file__).parent
INSTANCE = Path(os.environ.get("INSTANCE_PATH", ROOT / "instance"))


def _kept_secret() -> str:
    """A secret key that is made once and kept beside the database, when none is given."""
    path = INSTANCE / "secret_key"
    if not path.exists():
        INSTANCE.mkdir(parents=True, exist_ok=True)
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
                handle.write(secrets.token_urlsafe(48))
        except FileExistsError:
            pass  # the other process of the same start made it
    return path.read_text("utf-8")


def _refuse(sentence: str) -> NoReturn:
    sys.stderr.write(f"settings: {sentence}\n")
    raise SystemExit(2)


def _number(name: str, otherwise: Number, read: Callable[[str], Number]) -> Number:
    """The number that the variable holds; whatever is none is told, not guessed."""
    typed = os.environ.get(name, "").strip()
    try:
        return read(typed) if typed else otherwise
    except ValueError:
        _refuse(f"{name} must be a number, it is {typed!r}")


def _level() -> str:
    level = os.environ.get("LOG_LEVEL", "INFO").strip().upper()
    if level not in LEVELS:
        _refuse(f"LOG_LEVEL is one of {', '.join(LEVELS)}, not {level!r}")
    return level


def _database_url() -> str:
    """Without the driver's name, which is ours to choose."""
    url = os.environ.get("DATABASE_URL") or f"sqlite:///{INSTANCE / 'one_board.sqlite'}"
    for plain in ("postgresql://", "postgres://"):
        if url.startswith(plain):
            return "postgresql+psycopg://" + url.removeprefix(plain)
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        _refuse(f"DATABASE_URL begins with sqlite:/// or postgresql://, not with {url.partition(':')[0]!r}")
    return url


class Config:
    """What a start of the product reads; each line is one environment variable (README, 设置)."""

    PRODUCTION = os.environ.get("ONE_BOARD_ENV", "demo") == "production"
    SECRET_KEY = os.environ.get("SECRET_KEY") or _kept_secret()
    SQLALCHEMY_DATABASE_URI = _database_url()
    PUBLIC_URL = os.environ.get("PUBLIC_URL", "http://127.0.0.1:8000")
    PATH_PREFIX = os.environ.get("PATH_PREFIX", "")
    PROXY_HOPS = _number("PROXY_HOPS", 0, int)
    TRUSTED_HOSTS = [host.strip() for host in os.environ.get("TRUSTED_HOSTS", "").split(",") if host.strip()] or None
    FILES_PATH = os.environ.get("FILES_PATH", str(INSTANCE / "files"))
    TEMPLATES_PATH = os.environ.get("TEMPLATES_PATH", str(INSTANCE / "templates"))
    QUEUE_PATH = os.environ.get("QUEUE_PATH", str(INSTANCE / "queue.sqlite"))
    LOG_LEVEL = _level()
    CITY_CODE = os.environ.get("CITY_CODE", "SZ")
    CHECK_SECONDS = _number("CHECK_SECONDS", 3.0, float)
    IDLE_DAYS = _number("IDLE_DAYS", 30, int)
    BOARD_SECONDS = _number("BOARD_SECONDS", 60, int)
    SESSION_IDLE_MINUTES = _number("SESSION_IDLE_MINUTES", 120, int)
    SESSION_HOURS = _number("SESSION_HOURS", 10, int)
    JOBS_INLINE = False
    TESTING = False
    WTF_CSRF_TIME_LIMIT = None
    MAX_CONTENT_LENGTH = 24 * 1024 * 1024
    MAX_FORM_MEMORY_SIZE = 2 * 1024 * 1024
    MAX_FORM_PARTS = 2000
    SEND_FILE_MAX_AGE_DEFAULT = 3600


class TestConfig(Config):
    """What the tests change; each test adds its own database."""

    TESTING = True
    BOARD_SECONDS = 0
    PRODUCTION = False
    SECRET_KEY = "test-key-only"
    SERVER_NAME = None
    JOBS_INLINE = True
