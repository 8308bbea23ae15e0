"""M12, M13: text is normalised once, at the door, before anything looks at it; twenty-four disguises are one name."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape
from sqlalchemy import select

from crm.core.db import db
from crm.core.text import clean
from crm.leads.models import Lead
from crm.matching.rules import name_key
from tests.builders import a_lead
from tests.pages import faults_of

_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {0x20: 0x3000}


def disguises(name: str) -> list[str]:
    """The same name to a reader, 24 times, none of them the same text."""
    words = name.split(" ")
    half = len(name) // 2

    def with_(sign: str) -> str:
        return name[:half] + sign + name[half:]

    made = [
        name,
        name.upper(),
        name.lower(),
        name.translate(_WIDE),  # fullwidth
        name.upper().translate(_WIDE),
        with_("\u200b"),  # zero width space
        with_("\u200c"),
        with_("\u200d"),
        with_("\u2060"),
        with_("\ufeff"),
        with_("\u00ad"),  # soft hyphen
        with_("\u200e"),
        with_("\u200f"),
        "\u202e" + name + "\u202c",  # turned around and back
        "\u2066" + name + "\u2069",
        with_("\ufe0f"),  # variation selectors
        with_("\U000e0101"),
        with_("\u180e"),
        with_("\U000e0041"),  # tag character
        "\u00a0".join(words),
        "\u3000".join(words),
        "  ".join(words) + " ",
        "-".join(words[:-1]) + " " + words[-1] if len(words) > 2 else "\u2009".join(words),
        unicodedata.normalize("NFD", name) + ".",
    ]
    return list(dict.fromkeys(made))


LATIN = "Kestovar Robotics GmbH"
NAMES = [LATIN, "晶曜半导体设备（深圳）有限公司", "Grünhagen 精密機械株式会社", "한빛정밀 주식회사", "Précision du Léman S.A."]


def test_there_are_twenty_four():
    assert len(disguises(LATIN)) == 24


@pytest.mark.parametrize("name", NAMES)
def test_disguises_are_one_key(name):
    made = disguises(name)
    assert len(made) >= 17, "upper case and wide spaces change nothing in Chinese"
    assert {name_key(text) for text in made} == {name_key(name)}
    assert len({unicodedata.normalize("NFKC", text).casefold() for text in made}) > 10, "NFKC alone does not do it"


def test_traditional_characters_are_one_key():
    assert name_key("華星光電技術有限公司") == name_key("华星光电技术有限公司")


@pytest.mark.full
def test_without_the_cure_a_wide_tag_comes_alive():
    """Escape, then normalise: what the order of the two decides."""
    wide = "＜script＞alert(1)＜/script＞"
    assert "<script>" in unicodedata.normalize("NFKC", str(escape(wide)))
    assert "<script>" not in str(escape(clean(wide)))


HOSTILE = [
    "＜script＞alert(1)＜/script＞",
    "＜img src=x onerror=alert(1)＞",
    "<svg/onload=alert(1)>",
    '"><script>alert(1)</script>',
    "' onmouseover='alert(1)",
    "{{ 7*7 }}{% raw %}",
    "﹤iframe src=javascript:alert(1)﹥",
    "<scr\u200bipt>alert(1)</scr\u200bipt>",
    "%(name)s %s",
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.only_on("sqlite")
def test_hostile_text_is_text_on_every_page(app, signed_in, text, monkeypatch):
    from tests import pages

    monkeypatch.setattr(pages, "_TRACES", pages.re.compile(r"(?!)"))  # the texts themselves look like traces
    browser = signed_in("officer.nanshan")
    page = browser.get("/leads/new").submit(
        "/leads/new", {"investor": f"Kestovar {text} GmbH", "title": f"T {text}", "country": "DE", "source": "visit",
                       "note": text, "contact_name": text[:40], "district": "0"}, status=(303, 409, 422),
    )  # fmt: skip
    assert page.status == 303, page.problems()
    with app.app_context():
        lead = db.session.scalar(select(Lead))
        stored, public_id = lead.title, lead.public_id
    assert stored == clean(f"T {text}")
    for path in (f"/leads/{public_id}", "/leads?stage=all", "/", f"/leads/{public_id}/edit", f"/leads/{public_id}/peek"):
        seen = browser.get(path, htmx=path.endswith("peek"))
        assert "alert(1)" not in "".join(s.text for s in seen.root.all("script"))
        assert not [e for e in seen.root.walk() if e.tag in ("iframe", "svg") and "onload" in e.attrs]
        assert not [e for e in seen.root.all("img") if e.get("src") == "x"]


LIVE = ["<script>alert(1)</script>", "<p onclick='x'></p>", "<p style='color:red'></p>", "<img src='//evil.test/x' alt=''>",
        "<a href='javascript:x'>x</a>", "<input name='x'>", "<form method='post' action='/x'></form>", "<p>None</p>",
        "<p id='main'></p>", "<style>p{}</style>"]  # fmt: skip


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("bad", LIVE)
def test_the_page_check_sees_what_it_should(client, bad):
    """A clean page means something: each of these on it is found."""
    page = client.get("/account/sign-in")
    assert not faults_of(page)
    page.__dict__.pop("_root")
    page.response.set_data(page.html.replace("</main>", f"{bad}</main>"))
    assert faults_of(page)


@given(st.text(alphabet=st.characters(), max_size=60))
def test_cleaning_twice_changes_nothing(text):
    for multiline in (False, True):
        once = clean(text, multiline=multiline)
        assert clean(once, multiline=multiline) == once
        assert once == once.strip()
        assert unicodedata.is_normalized("NFKC", once)
        once.encode("utf-8")


def test_a_lead_is_found_under_a_disguise(app, signed_in):
    a_lead("Kestovar Robotics GmbH")
    for name in disguises("Kestovar Robotics GmbH")[3:24:5]:
        strip = signed_in().post("/leads/matches", {"investor": name}, status=200, htmx=True)
        assert "Kestovar Robotics GmbH" in strip.text, name
