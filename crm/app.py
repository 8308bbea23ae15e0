"""总装: the only place that knows every room."""

import importlib
import logging
from contextlib import suppress
from pathlib import Path
from typing import Any

from flask import Flask
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from crm.accounts import queries as accounts
from crm.accounts.models import User
from crm.core.db import Base, db
from crm.jobs import jobs as worker
from crm.notifications import queries as notifications
from crm.web import asked, commands, errors, guards, headers, locale, pages, texts
from crm.web.logs import configure_logs
from crm.web.navigation import ROOMS
from crm.web.sessions import BoardSessions

ROOT = Path(__file__).resolve().parent.parent
# Every room, lowest first. What a room has (models, words, jobs, views, cli) is taken from it.
ROOM_NAMES = (
    "web", "units", "clusters", "audit", "jobs", "rates", "matching", "accounts", "tasks", "notifications", "files",
    "maps", "shelves", "deputies", "companies", "brands", "claims", "sharing", "credit", "readings", "events",
    "stationery", "leads", "visits", "pipeline", "money", "transfers", "disputes", "matters", "targets", "supervision",
    "bulk", "funds", "exchange", "merging", "review", "golive", "batches", "returns", "assessment", "fields", "desk",
    "board", "dashboard", "reports", "meetings", "fillings", "datasets", "demo",
)  # fmt: skip
_FURNITURE = ("models", "words", "jobs", "views", "cli")


def create_app(config: object | type[Any]) -> Flask:
    """The app, whole: settings, database, doors of every room. Refuses to start in production with demo accounts."""
    app = Flask("crm", root_path=str(ROOT / "crm"), static_folder=str(ROOT / "static"), template_folder=str(ROOT / "templates"))
    app.config.from_object(config)
    app.url_map.strict_slashes = False  # who types /leads/ means /leads
    asked.register(app)
    app.session_interface = BoardSessions(User)
    configure_logs(app)
    _database(app)
    app.before_request(guards.limit_plain_form)
    app.before_request(guards.keep_expired_form)
    CSRFProtect(app)
    _sign_in(app)
    locale.register(app)
    headers.register(app)
    errors.register(app)
    pages.register(app, ROOMS, notifications.unread_count)
    for room in ROOM_NAMES:
        _furnish(app, room)
    app.cli.add_command(texts.cli)
    worker.register(app)
    _in_front(app)
    if app.config["PRODUCTION"]:
        refuse_demo_accounts(app)
    return app


def _database(app: Flask) -> None:
    url: str = app.config["SQLALCHEMY_DATABASE_URI"]
    hidden = {"hide_parameters": True}  # a failed statement is told in logs and to whoever asked for a job: without its values
    if url.startswith("sqlite:///"):
        file = Path(url.removeprefix("sqlite:///"))
        file.parent.mkdir(parents=True, exist_ok=True)
        with suppress(OSError):  # it is there, or cannot be: told by whoever opens it
            file.touch(0o600, exist_ok=False)  # other users of the machine read nobody's leads
    else:
        app.config.setdefault(
            "SQLALCHEMY_ENGINE_OPTIONS",
            {"pool_size": 8, "connect_args": {"options": "-c lock_timeout=15000 -c timezone=UTC"}},
        )
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = hidden | app.config.get("SQLALCHEMY_ENGINE_OPTIONS", {})
    db.init_app(app)
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True, compare_type=True)
    Base.registry  # noqa: B018 - the metadata is whole once all rooms are furnished


def _sign_in(app: Flask) -> None:
    login = LoginManager()
    login.session_protection = None  # the session is a row of ours; an address that changes is no theft

    @login.user_loader
    def load(user_id: str) -> Any:
        user = accounts.by_id(int(user_id)) if user_id.isdigit() else None
        return user if user is not None and user.is_active else None

    login.init_app(app)


def _furnish(app: Flask, room: str) -> None:
    for piece in _FURNITURE:
        name = f"crm.{room}.{piece}"
        if importlib.util.find_spec(name) is None:
            continue
        module = importlib.import_module(name)
        if piece == "views":
            app.register_blueprint(module.bp)
        if piece == "cli":
            for command in module.commands:
                app.cli.add_command(commands.at_the_door(command))


def _in_front(app: Flask) -> None:
    """What stands before the app: static files, and the gateway whose headers we believe."""
    static = WhiteNoise(app.wsgi_app, max_age=3600)
    static.add_files(str(ROOT / "static"), prefix=f"{app.config['PATH_PREFIX'].strip('/')}/static".lstrip("/"))
    wsgi: Any = static
    prefix = app.config["PATH_PREFIX"].rstrip("/")
    if prefix:
        wsgi = _under_prefix(wsgi, prefix)
    hops = app.config["PROXY_HOPS"]
    app.wsgi_app = ProxyFix(wsgi, x_for=hops, x_proto=hops, x_host=hops) if hops else wsgi  # type: ignore[method-assign]


def _under_prefix(wsgi: Any, prefix: str) -> Any:
    def prefixed(environ: dict[str, Any], start_response: Any) -> Any:
        path = environ.get("PATH_INFO", "")
        if path == prefix or path.startswith(prefix + "/"):
            environ["SCRIPT_NAME"] = prefix
            environ["PATH_INFO"] = path[len(prefix) :] or "/"
        return wsgi(environ, start_response)

    return prefixed


def refuse_demo_accounts(app: Flask) -> None:
    """Raise SystemExit when the database holds accounts whose password stands in the README."""
    with app.app_context():
        try:
            found = accounts.has_demo_users()
        except Exception:  # noqa: BLE001 - an empty database before its first migration has no table to ask
            logging.getLogger(__name__).info("accounts not readable yet")
            return
        finally:
            db.session.remove()
    if found:
        raise SystemExit("refusing to start: this database holds demo accounts; run `flask demo remove` first")
