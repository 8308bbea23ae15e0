"""Every form of every page, found by opening the pages: whatever is typed into its fields is answered in words, what was typed is
still there, and nothing is half-written. The forms are those that `tests/web/world.py` gives somebody to see.
"""

from collections.abc import Iterator
from urllib.parse import quote_plus, urljoin

import pytest
from sqlalchemy import func, select, union_all

from crm.core.db import Base, db
from tests.long import mostly_full
from tests.markup import Element
from tests.pages import Page, PageClient, values_of
from tests.web import world

HOSTILE = {
    "nothing": "",
    "too long": "長" * 5_000,
    "wrong type": "x1.2.3,,",
    "control signs": "a\x00b\x07c\x1b[31m",
    "a lone surrogate": "a\ud800b",
    "a formula": '=HYPERLINK("http://evil.test","x")',
    "markup": '<script>alert(1)</script>"><img src=x>',
    "fullwidth markup": "＜script＞alert(1)＜/script＞",
    "a huge number": "1" + "0" * 400,
    "a tiny number": "-1e-400",
    "not a number": "Infinity",
    "the year 9999": "9999-12-31",
    "no such day": "2026-02-30",
    "both ways": "abc\u202edef\u2066ghi",
    "only signs that do not show": "\u200b\u2060\ufeff",
    "half an emoji": "👩\u200d",
    "a template": "${7*7}<%= 7*7 %>#{7*7}",
    "a path": "../../etc/passwd\x00.png",
}  # fmt: skip
PAGES = {
    "officer.nanshan": ("/", "/leads/new", "/leads/{id}", "/leads/{id}/edit", "/leads/{id}/clusters", "/leads/{id}/contacts/new",
                        "/progress/{id}", "/stages/{id}", "/imports/", "/account/password"),
    "manager.nanshan": ("/leads/{id}/assess", "/leads/queue"),
    "sysadmin": ("/account/users", "/units/", "/brands/new", "/brands/bosch", "/brands/bosch/retire?name=bosch"),
}  # fmt: skip
# A person's language is a choice among links, and signing out has nothing to type.
UNCOUNTED = ("session_row", "guess")  # seen again; a wrong password is counted
LEFT_OUT = ("/account/language/", "/account/sign-out")
TYPED = ("text", "search", "email", "tel", "url", "number", "date", "password", "hidden", "")


def fields_to_type(form: Element) -> list[str]:
    """What a person (or a program that is none) can put a text into; the token is the browser's own."""
    found = [c.get("name") for c in form.all("input") if c.get("type") in TYPED]
    found += [c.get("name") for c in form.all("textarea", "select")]
    return [name for name in dict.fromkeys(found) if name and name != "csrf_token"]


def forms_of(browser: PageClient, path: str) -> Iterator[tuple[str, Element]]:
    page = browser.get(path, ceiling=200)
    for form in page.root.all("form"):
        action = urljoin(path, form.get("action"))
        if form.get("method").lower() == "post" and not action.startswith(LEFT_OUT):
            yield action, form


def send(browser: PageClient, action: str, fields: dict[str, object]) -> Page:
    """As bytes, so that what no browser would send goes out too."""
    pairs = [(k, v) for k, vs in fields.items() for v in (vs if isinstance(vs, list) else [vs])]
    body = "&".join(f"{quote_plus(k)}={quote_plus(str(v).encode('utf-8', 'surrogatepass'))}" for k, v in pairs)
    answer = browser.http.post(action, data=body, content_type="application/x-www-form-urlencoded")
    return Page(answer, action, [], browser)


def rows(app) -> int:
    """How many rows all tables hold together."""
    tables = [table for table in Base.metadata.sorted_tables if table.name not in UNCOUNTED]
    with app.app_context():
        counted = union_all(*(select(func.count().label("n")).select_from(table) for table in tables)).subquery()
        found: int = db.session.scalar(select(func.sum(counted.c.n)))
        db.session.remove()
    return found


def try_all(app, signed_in, what: str, *, one_by_one: bool) -> int:
    """Type a value into every form, into all its fields at once or into each alone; how many forms were sent."""
    value = HOSTILE[what]
    lead = world.build(app).samples["nanshan.open"].lead.public_id
    tried = 0
    for username, paths in PAGES.items():
        browser = signed_in(username)
        for path in paths:
            for action, form in list(forms_of(browser, path.format(id=lead))):
                as_it_stands, typed = values_of(form), fields_to_type(form)
                for names in [[name] for name in typed] if one_by_one else [typed]:
                    before = rows(app)
                    page = send(browser, action, as_it_stands | dict.fromkeys(names, value))
                    tried += 1
                    where = f"{what} into {names} of {path} -> {action}: {page.status}"
                    assert page.status in (200, 303, 400, 403, 404, 409, 413, 422), f"{where} {page.html[:300]}"
                    if page.status >= 400:
                        assert rows(app) == before, f"{where}: refused, and something was written"
                    if page.status == 422 and page.is_html and one_by_one:
                        _still_there(page, names[0], value, where)
    return tried


@pytest.mark.parametrize(
    "what", mostly_full(HOSTILE, "too long", "control signs", "a lone surrogate", "a formula", "a huge number", "the year 9999")
)
def test_every_form_answers(app, signed_in, what):
    assert try_all(app, signed_in, what, one_by_one=False) >= 12


@pytest.mark.full
@pytest.mark.parametrize("what", HOSTILE)
def test_every_field_answers(app, signed_in, what):
    assert try_all(app, signed_in, what, one_by_one=True) > 80


def _still_there(page: Page, name: str, value: str, where: str) -> None:
    """What was typed into a field stands there again, as far as it can be shown."""
    from crm.core.text import clean

    for control in page.root.all("input", "textarea"):
        if control.get("name") != name or control.get("type", "text") not in ("text", "search", "tel", "email", "url", ""):
            continue
        shown = control.get("value") if control.tag == "input" else "".join(c for c in control.children if isinstance(c, str))
        wanted = {clean(value), clean(value, multiline=True), value.strip()}
        wanted.add(value.replace("\ud800", "%ED%A0%80"))  # bytes that are no text are shown as such
        assert shown.removeprefix("\r\n") in wanted, f"{where}: {shown[:80]!r} stands there"
