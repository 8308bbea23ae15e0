"""The stored list of doors: what a change adds or takes away is seen in its diff.

Renew it with `.venv/bin/python -m tests.house.routes`.
"""

import sys
from pathlib import Path

from flask import Flask

STORED = Path(__file__).parent / "routes.txt"


def lines(app: Flask) -> list[str]:
    """Method, path, endpoint and what the guard asks, a line each."""
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        guard = getattr(app.view_functions[rule.endpoint], "guard", ("none", ""))
        asks = "open" if guard[0] == "open" else ".".join(guard)
        methods = ",".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        found.append(f"{methods:5} {rule.rule:45} {rule.endpoint:30} {asks}")
    return sorted(found, key=lambda line: line.split()[1:])


def _an_app() -> Flask:
    from tests.race_start import app

    return app


if __name__ == "__main__":
    STORED.write_text("\n".join(lines(_an_app())) + "\n", "utf-8")
    sys.stdout.write(f"{STORED.name} renewed\n")
