"""The product as people meet it: web and worker in processes of their own, on a database of their own, and a real browser."""

import atexit
import fcntl
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from devtools import preparing

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(folder: Path, *, demo: bool = True) -> Iterator[str]:
    """Web and worker on a fresh SQLite database in `folder`; gives the address, stops both."""
    port = _free_port()
    env = {
        **os.environ, "INSTANCE_PATH": str(folder), "DATABASE_URL": f"sqlite:///{folder / 'board.sqlite'}",
        "PUBLIC_URL": f"http://127.0.0.1:{port}", "LOG_LEVEL": "WARNING",
    }  # fmt: skip
    binary = Path(sys.executable).parent
    flask = [str(binary / "flask"), "--app", "wsgi"]
    shutil.copytree(_prepared("--demo" if demo else "--empty"), folder, dirs_exist_ok=True)
    with _running([*flask, "jobs", "work"], env), gunicorn("wsgi:app", env, port=port) as address:
        _wait(f"{address}/healthz")
        yield address


def _prepared(what: str) -> Path:
    """A folder with a prepared database and its files, made once a run, whichever process asks first: each story gets a copy."""
    folder = _shared() / what.strip("-")
    with (_shared() / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            shutil.rmtree(folder, ignore_errors=True)
            env = {**os.environ, "INSTANCE_PATH": str(folder), "DATABASE_URL": f"sqlite:///{folder / 'board.sqlite'}"}
            folder.mkdir()
            flask = str(Path(sys.executable).parent / "flask")
            subprocess.run([flask, "--app", "wsgi", "prepare", what], check=True, cwd=ROOT, env=env, capture_output=True)
            (folder / "done").touch()
    return folder


@cache
def _shared() -> Path:
    """The run's own folder, the same for all its processes (tests.conftest gives and removes it); alone, one of this process."""
    if given := os.environ.get("TESTS_SHARE"):
        return Path(given)
    folder = Path(tempfile.mkdtemp(prefix="one-board-prepared-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@contextmanager
def gunicorn(target: str, env: dict[str, str], *, workers: int = 1, port: int | None = None) -> Iterator[str]:
    """A WSGI app served as `dev.py run` serves the product; gives the address once something answers there."""
    at = port or _free_port()
    words = [str(Path(sys.executable).parent / "gunicorn"), target, "--bind", f"127.0.0.1:{at}", "--workers", str(workers),
             "--worker-class", "gthread", "--threads", "4", "--preload", "--no-control-socket", "--log-level", "warning"]  # fmt: skip
    with _running(words, env):
        _wait(f"http://127.0.0.1:{at}/")
        yield f"http://127.0.0.1:{at}"


@contextmanager
def _running(words: list[str], env: dict[str, str]) -> Iterator[None]:
    child = subprocess.Popen(words, cwd=ROOT, env=env)
    try:
        yield
    finally:
        child.terminate()
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()


def _wait(url: str) -> None:
    for _try in range(300):
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"{url} does not answer")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, headless."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=preparing.browser(), args=CHROMIUM)
        yield browser
        browser.close()


def watched(context: BrowserContext, faults: list[str], base: str) -> Page:
    """A page that notes console errors, failed requests and requests to anywhere but the product."""
    page = context.new_page()
    page.on(
        "console",
        lambda m: (
            faults.append(f"console: {m.text}")
            if m.type == "error" and not re.search("status of 4|Status Error Code 4", m.text)
            else None
        ),
    )
    page.on("pageerror", lambda error: faults.append(f"script: {error}"))
    page.on("request", lambda r: faults.append(f"left the host: {r.url}") if not r.url.startswith((base, "data:")) else None)
    page.on("response", lambda r: faults.append(f"{r.status} {r.url}") if r.status >= 500 or r.status == 404 else None)
    return page


def sign_in(page: Page, base: str, username: str) -> None:
    """One click on the demo's sign-in page."""
    page.goto(f"{base}/account/sign-in")
    page.click(f'.ob-demo button:has-text("{username}")')
    page.wait_for_url(f"{base}/")
