"""Settings: the only reader of the environment. No logic of the product."""

import os
import secrets
from pathlib import Path

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


def _database_url() -> str:
    url = os.environ.get("DATABASE_URL") or f"sqlite:///{INSTANCE / 'one_board.sqlite'}"
    for plain in ("postgresql://", "postgres://"):
        if url.startswith(plain):
            return "postgresql+psycopg://" + url.removeprefix(plain)
    return url


class Config:
    """What a start of the product reads; each line is one environment variable (README, 设置)."""

    PRODUCTION = os.environ.get("ONE_BOARD_ENV", "demo") == "production"
    SECRET_KEY = os.environ.get("SECRET_KEY") or _kept_secret()
    SQLALCHEMY_DATABASE_URI = _database_url()
    PUBLIC_URL = os.environ.get("PUBLIC_URL", "http://127.0.0.1:8000")
    PATH_PREFIX = os.environ.get("PATH_PREFIX", "")
    PROXY_HOPS = int(os.environ.get("PROXY_HOPS", "0"))
    TRUSTED_HOSTS = [h for h in os.environ.get("TRUSTED_HOSTS", "").split(",") if h] or None
    FILES_PATH = os.environ.get("FILES_PATH", str(INSTANCE / "files"))
    TEMPLATES_PATH = os.environ.get("TEMPLATES_PATH", str(INSTANCE / "templates"))
    QUEUE_PATH = os.environ.get("QUEUE_PATH", str(INSTANCE / "queue.sqlite"))
    LOG_LEVEL = os.environ.get("LOG_LEVEL", "INFO")
    CITY_CODE = os.environ.get("CITY_CODE", "SZ")
    CHECK_SECONDS = float(os.environ.get("CHECK_SECONDS", "3"))
    IDLE_DAYS = int(os.environ.get("IDLE_DAYS", "30"))
    BOARD_SECONDS = int(os.environ.get("BOARD_SECONDS", "60"))
    SESSION_IDLE_MINUTES = int(os.environ.get("SESSION_IDLE_MINUTES", "120"))
    SESSION_HOURS = int(os.environ.get("SESSION_HOURS", "10"))
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
