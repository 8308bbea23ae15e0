"""PageClient: a browser without a screen. Every page it fetches is checked, whatever the test is about."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit

from flask import Flask, has_app_context
from sqlalchemy import event
from sqlalchemy.engine import Engine
from werkzeug.test import TestResponse

from crm.accounts import queries as accounts
from crm.core import clock, ids
from crm.core.db import db, unit_of_work
from crm.web.headers import CSP
from crm.web.models import SessionRow
from tests.markup import Element, parse

QUERIES = 25  # statements for a page, ten of them its frame's and the small tables' of names
_TRACES = re.compile(r"\bNone\b|\bUndefined\b|\bundefined\b|<bound method|<function|object at 0x|%\(\w+\)|\{\{|\{%|\bNaN\b")
_URLS = frozenset(["src", "href", "action", "formaction", "hx-get", "hx-post", "hx-put", "hx-delete", "hx-patch"])
_POINTERS = frozenset(["for", "aria-describedby", "aria-labelledby", "aria-controls", "list"])
_SPOKEN = frozenset(["title", "placeholder", "aria-label", "alt", "value"])
_statements: list[str] = []


@event.listens_for(Engine, "before_cursor_execute")
def _count(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
    if not statement.startswith(("BEGIN", "PRAGMA")):
        _statements.append(statement)


@contextmanager
def statements() -> Iterator[list[str]]:
    """The SQL statements that run in the block, in order, on every connection of this process."""
    start = len(_statements)
    seen: list[str] = []
    try:
        yield seen
    finally:
        seen[:] = _statements[start:]
        del _statements[start:]


@dataclass
class Page:
    """An answer: its status, its tree when it is HTML, and where it was."""

    response: TestResponse
    path: str
    queries: list[str]
    client: "PageClient"

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def location(self) -> str:
        """Where a redirect leads."""
        return self.response.headers.get("Location") or self.response.headers.get("HX-Redirect", "")

    @property
    def html(self) -> str:
        return self.response.get_data(as_text=True)

    @property
    def is_html(self) -> bool:
        return self.response.mimetype == "text/html" and bool(self.response.data) and not 300 <= self.status < 400

    @property
    def root(self) -> Element:
        if not hasattr(self, "_root"):
            self._root = parse(self.html)
        return self._root

    @property
    def text(self) -> str:
        """What a reader sees of the body."""
        bodies = self.root.all("body")
        return (bodies[0] if bodies else self.root).text

    @property
    def main(self) -> str:
        """What a reader sees of the page's own part, without header and navigation."""
        return self.root.first("main").text

    @property
    def h1(self) -> str:
        return self.root.first("h1").text

    def form(self, action: str = "", **with_fields: str) -> Element:
        """The form whose action contains `action`; AssertionError when there is none."""
        for form in self.root.all("form"):
            if action in form.get("action"):
                return form
        raise AssertionError(f"no form to {action!r} among {[f.get('action') for f in self.root.all('form')]}")

    def submit(self, action: str = "", data: dict[str, Any] | None = None, **how: Any) -> "Page":
        """Fill the form whose action contains `action` with `data`, keep what it holds already, and send it."""
        form = self.form(action)
        fields = values_of(form)
        for name, value in (data or {}).items():
            fields[name] = value
        target = urljoin(self.path, form.get("action") or self.path)
        if form.get("method", "get").lower() == "get":
            return self.client.get(target, query_string=fields, **how)
        if form.get("enctype") == "multipart/form-data":
            how.setdefault("content_type", "multipart/form-data")
        return self.client.post(target, fields, **how)

    def follow(self) -> "Page":
        """Where the redirect leads."""
        assert self.location, f"{self.path}: {self.status} leads nowhere"
        return self.client.get(self.location)

    def problems(self) -> list[str]:
        """What the form on this page complains about: summary lines and field errors."""
        return [e.text for e in self.root.walk() if {"form-error", "ob-alert"} & set(e.get("class").split())]


def values_of(form: Element) -> dict[str, Any]:
    """What a browser would send of a form as it stands."""
    found: dict[str, Any] = {}
    for control in form.all("input", "select", "textarea"):
        name = control.get("name")
        if not name or "disabled" in control.attrs:
            continue
        kind = control.get("type", "text")
        if kind in ("submit", "button", "file", "image", "reset"):
            continue
        if kind in ("checkbox", "radio"):
            if "checked" in control.attrs:
                _add(found, name, control.get("value", "on"))
        elif control.tag == "select":
            options = control.all("option")
            chosen = [o for o in options if "selected" in o.attrs] or ([] if "multiple" in control.attrs else options[:1])
            for option in chosen:
                _add(found, name, option.attrs.get("value", option.text))
        elif control.tag == "textarea":
            _add(found, name, "".join(c for c in control.children if isinstance(c, str)).removeprefix("\n"))
        else:
            _add(found, name, control.get("value"))
    return found


def _add(found: dict[str, Any], name: str, value: str) -> None:
    if name in found:
        found[name] = (found[name] if isinstance(found[name], list) else [found[name]]) + [value]
    else:
        found[name] = value


class PageClient:
    """Fetches pages like a browser (cookies, tokens, redirects on demand) and checks each of them."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.http = app.test_client()
        self.token: str | None = None

    def sign_in(self, username: str) -> None:
        """Give this browser a live session of a person, as a sign-in leaves it."""
        assert not has_app_context()
        secret = ids.new_secret()
        with self.app.app_context():
            user = accounts.by_username(username)
            assert user is not None, username
            moment = clock.now()
            row = SessionRow(
                token_digest=ids.digest(secret), user_id=user.id, data={"_user_id": str(user.id), "_fresh": True},
                created_at=moment, last_seen_at=moment - timedelta(seconds=1),
            )  # fmt: skip
            with unit_of_work():
                db.session.add(row)
        self.http.set_cookie(self.app.session_interface.get_cookie_name(self.app), f"s.{secret}")  # type: ignore[attr-defined]
        self.token = None

    def get(
        self, path: str, *, status: int | tuple[int, ...] = 200, ceiling: int = QUERIES, htmx: bool = False, **how: Any
    ) -> Page:
        """Fetch a page. AssertionError when the status differs, the page has a fault, or it asks more than `ceiling` times."""
        return self._send("GET", path, status, ceiling, htmx, how)

    def post(
        self, path: str, data: dict[str, Any] | None = None, *, status: int | tuple[int, ...] = 303, ceiling: int = 80,
        htmx: bool = False, token: bool = True, **how: Any,
    ) -> Page:  # fmt: skip
        """Send a form; the token of the last page goes with it unless `data` has one or `token` is False."""
        fields = dict(data or {})
        if token and "csrf_token" not in fields:
            fields["csrf_token"] = self.token or self._some_token()
        how.setdefault("headers", {})
        return self._send("POST", path, status, ceiling, htmx, how | {"data": fields})

    def _some_token(self) -> str:
        page = self.get("/account/password", status=(200, 303))
        if page.status == 303:
            self.get("/account/sign-in")
        assert self.token
        return self.token

    def _send(self, method: str, path: str, status: int | tuple[int, ...], ceiling: int, htmx: bool, how: dict[str, Any]) -> Page:
        assert not has_app_context(), (
            "a test keeps an application context around a client call: the user of `g` would answer for the next request"
        )
        if htmx:
            how = how | {"headers": dict(how.get("headers", {})) | {"HX-Request": "true"}}
        with statements() as seen:
            response = self.http.open(path, method=method, **how)
        assert not has_app_context()
        page = Page(response, path, seen, self)
        wanted = status if isinstance(status, tuple) else (status,)
        if page.status not in wanted:
            words = page.text[:600] if page.is_html else page.html[:600]
            raise AssertionError(f"{method} {path}: {page.status}, not {status}: {page.location} {words}")
        faults = faults_of(page, fragment=htmx)
        if len(seen) > ceiling:
            most = Counter(seen).most_common(3)
            faults.append(f"{len(seen)} statements, ceiling {ceiling}; most often {most}")
        assert not faults, f"{method} {path}: " + "\n  ".join(["", *faults])
        return page


def faults_of(page: Page, *, fragment: bool = False) -> list[str]:
    """Everything that is wrong with an answer, whatever it is about."""
    headers = page.response.headers
    faults = []
    if headers.get("Content-Security-Policy") != CSP and page.response.mimetype == "text/html":
        faults.append(f"CSP is {headers.get('Content-Security-Policy')}")
    if headers.get("X-Content-Type-Options") != "nosniff":
        faults.append("no nosniff")
    if not page.is_html:
        return faults
    if "charset=utf-8" not in headers.get("Content-Type", "").lower():
        faults.append(f"Content-Type {headers.get('Content-Type')}")
    root = page.root
    tokens = root.all("input", name="csrf_token")
    if tokens:
        page.client.token = tokens[0].get("value")
    if not fragment and "HX-Request" not in page.response.request.headers:
        faults += _frame_faults(page)
    return faults + _id_faults(root) + _label_faults(root) + _form_faults(root) + _foreign_faults(root) + _text_faults(page)


def _frame_faults(page: Page) -> list[str]:
    faults = []
    root = page.root
    if not page.html.lstrip().lower().startswith("<!doctype html>"):
        faults.append("no doctype")
    html = root.all("html")
    if not html or html[0].get("lang") not in ("zh-CN", "en"):
        faults.append("no language")
    if not [m for m in root.all("meta") if m.get("charset", "").lower() == "utf-8"]:
        faults.append("no charset")
    titles, h1s = root.all("title"), root.all("h1")
    if len(titles) != 1 or len(h1s) != 1:
        return [*faults, f"{len(titles)} titles, {len(h1s)} h1"]
    title, h1 = titles[0].text.rsplit(" · ", 1)[0].strip(), h1s[0].text
    if not title or not h1 or (title not in h1 and h1 not in title):
        faults.append(f"title {title!r} and h1 {h1!r} differ")
    if len(root.all("main")) != 1:
        faults.append("not exactly one main")
    return faults


def _id_faults(root: Element) -> list[str]:
    counted = Counter(e["id"] for e in root.walk() if e.get("id"))
    faults = [f"id {name!r} {n} times" for name, n in counted.items() if n > 1]
    if not root.all("html"):  # what a fragment points to may stand on the page around it
        return faults
    for element in root.walk():
        for name in _POINTERS & element.attrs.keys():
            if name == "list" and element.tag != "input":
                continue
            faults += [f"<{element.tag} {name}={to!r}> points nowhere" for to in element[name].split() if to not in counted]
        href = element.get("href")
        if element.tag == "a" and href.startswith("#") and len(href) > 1 and href[1:] not in counted:
            faults.append(f"<a href={href!r}> leads nowhere")
    return faults


def _label_faults(root: Element) -> list[str]:
    labelled = {label.get("for") for label in root.all("label") if label.text}
    faults = []
    for control in root.all("input", "select", "textarea"):
        if control.get("type") in ("hidden", "submit", "button", "image", "reset"):
            continue
        around = control.inside("label")
        named = control.get("aria-label") or control.get("aria-labelledby") or (around is not None and around.text)
        if not named and control.get("id") not in labelled:
            faults.append(f"<{control.tag} name={control.get('name')!r}> has no label")
    for element in root.all("button", "a"):
        if not element.text and not element.get("aria-label") and not [i for i in element.all("img") if i.get("alt")]:
            faults.append(f"<{element.tag} {element.attrs}> says nothing")
    faults += [f"<img src={i.get('src')!r}> has no alt" for i in root.all("img") if "alt" not in i.attrs]
    return faults


def _form_faults(root: Element) -> list[str]:
    faults = []
    for form in root.all("form"):
        posts = form.get("method").lower() == "post" or "hx-post" in form.attrs
        if form.get("method").lower() == "dialog":  # closes a dialog, sends nothing
            continue
        if form.get("method", "get").lower() not in ("get", "post"):
            faults.append(f"form method {form.get('method')!r}")
        if "action" not in form.attrs or not form["action"]:
            faults.append(f"form without action: {form.attrs}")
        if posts and not [i for i in form.all("input", name="csrf_token", type="hidden") if i.get("value")]:
            faults.append(f"form without token: {form.attrs}")
        if not posts and form.all("input", name="csrf_token"):
            faults.append(f"a GET form would put its token into the address: {form.attrs}")
        if form.inside("form"):
            faults.append(f"form inside a form: {form.attrs}")
    return faults


def _foreign_faults(root: Element) -> list[str]:
    faults = []
    for element in root.walk():
        if element.tag == "style" or "style" in element.attrs:
            faults.append(f"inline style: <{element.tag} {element.attrs}>")
        if element.tag == "script" and not element.get("src"):
            faults.append("inline script")
        faults += [f"{name} on <{element.tag}>" for name in element.attrs if name.startswith(("on", "hx-on", "data-hx-on"))]
        for name in _URLS & element.attrs.keys():
            value = element[name].strip()
            parts = urlsplit(value)
            if parts.scheme in ("", "mailto", "tel") and not parts.netloc:
                continue
            out = {"noopener", "noreferrer"} <= set(element.get("rel").split())
            if parts.scheme in ("http", "https") and (parts.netloc in ("localhost",) or (element.tag == "a" and out)):
                continue
            if parts.scheme == "data" and element.tag == "img":
                continue
            faults.append(f"<{element.tag} {name}={value!r}> leaves the house")
    return faults


def _text_faults(page: Page) -> list[str]:
    text = page.text
    for quoted in page.root.all("code", class_="ob-quoted"):  # what somebody's own template says
        text = text.replace(quoted.text, "")
    found = _TRACES.findall(text)
    titles = [e[name] for e in page.root.walk() for name in _SPOKEN & e.attrs.keys()]
    found += [text for text in titles if _TRACES.search(text)]
    if [html for html in page.root.all("html") if html.get("lang") == "en"]:
        found = [text for text in found if text != "None"]  # an English word
    return [f"traces of code on the page: {sorted(set(found))}"] if found else []
