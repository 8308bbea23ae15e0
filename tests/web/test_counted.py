"""One day, two days: English texts that go on in two ways after a number, on pages, in lazy words and in facts filled in later."""

import pytest
from flask import Flask, render_template_string
from flask_babel import force_locale, gettext, lazy_gettext

from crm.web import texts
from crm.web.counted import Counted, chosen, is_counted

SOURCE, LATER = "停留 %(n)s 天", "显示相同的 %(n)s 项"


@pytest.mark.parametrize(
    ("n", "said"),
    [(1, "1 day"), ("1", "1 day"), (0, "0 days"), (2, "2 days"), ("1,204", "1,204 days"), ("1,000+", "1,000+ days")],
)
def test_the_value_chooses(n: object, said: str) -> None:
    assert Counted("%(n)s {day|days}") % {"n": n} == said


def test_each_choice_belongs_to_the_number_before_it() -> None:
    text = "Only the first %(n)s {row|rows}; %(left)s {is|are} left out"
    assert chosen(text, {"n": 1, "left": 2}) == "Only the first %(n)s row; %(left)s are left out"
    assert not is_counted("%(n)s of %(most)s, {stage}")


def test_pages_and_lazy_words_choose(app: Flask) -> None:
    with app.test_request_context(), force_locale("en"):
        assert gettext(SOURCE, n=1) == "1 day here"
        assert lazy_gettext(SOURCE) % {"n": 1} == "1 day here"
        assert str(lazy_gettext(SOURCE, n="2")) == "2 days here"
        assert gettext(LATER, n=1) == "Show 1 equal fact"
    with app.test_request_context("/", headers={"Accept-Language": "en"}) as context:
        context.session["lang"] = "en"
        page = render_template_string("{{ _('停留 %(n)s 天', n=n) }}", n=1)
        assert page == "1 day here"
    with app.test_request_context():
        assert render_template_string("{{ _('停留 %(n)s 天', n=n) }}", n=1) == "停留 1 天"


def test_no_text_chooses_before_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "marked", lambda: {SOURCE: "here"})  # that no text of the product does is a house test
    monkeypatch.setattr(texts, "english", lambda: {SOURCE: "%(n)s {day|days}"})
    assert list(texts.faults()) == []
    monkeypatch.setattr(texts, "english", lambda: {SOURCE: "{day|days}: %(n)s"})
    assert [fault for fault in texts.faults() if "two ways before any number" in fault]
