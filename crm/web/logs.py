"""Logs: one JSON line an event, with a request id, without tokens, passwords or what people typed."""

import logging
import re
import sys
from typing import Any

import structlog
from flask import Flask, g, has_request_context, request

from crm.core import ids

_HIDDEN = ("password", "token", "cookie", "csrf", "authorization", "phone", "email")


def _request_facts(_logger: Any, _name: str, event: dict[str, Any]) -> dict[str, Any]:
    if has_request_context():
        event.setdefault("request_id", getattr(g, "request_id", None))
        event.setdefault("endpoint", request.endpoint)
    return event


def _redact(_logger: Any, _name: str, event: dict[str, Any]) -> dict[str, Any]:
    for key in event:
        if any(word in key.lower() for word in _HIDDEN):
            event[key] = "…"
    return event


def _without_values(_logger: Any, _name: str, event: dict[str, Any]) -> dict[str, Any]:
    """PostgreSQL says in a line of its own which values broke a constraint: they stay out, as parameters do."""
    if "DETAIL:" in str(event.get("exception", "")):
        event["exception"] = re.sub(r"(?m)^(\s*)DETAIL:.*$", r"\1DETAIL: …", event["exception"])
    return event


def formatter() -> logging.Formatter:
    """How a log line is written."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level, structlog.stdlib.add_logger_name, structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True), _request_facts, _redact, structlog.processors.format_exc_info,
        _without_values,
    ]  # fmt: skip
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )


def configure_logs(app: Flask) -> None:
    """Send everything to standard error as JSON lines; give each request an id (also in the X-Request-Id header)."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter())
    root = logging.getLogger()
    if not app.config["TESTING"]:
        root.handlers[:] = [handler]
        root.setLevel(app.config["LOG_LEVEL"])
        for noisy in ("huey", "huey.consumer", "huey.consumer.Scheduler", "alembic"):
            logging.getLogger(noisy).setLevel("WARNING")

    @app.before_request
    def name_request() -> None:
        g.request_id = ids.new_public_id()

    @app.after_request
    def tell_id(response: Any) -> Any:
        response.headers["X-Request-Id"] = getattr(g, "request_id", "-")
        return response
