"""What the form to register a lead asks for beside another field: an empty one was never asked, and what stood beside it was lost."""

import pytest

from crm.core.db import db, unit_of_work
from crm.leads.models import FieldChange, Lead
from tests.builders import a_lead, actor

pytestmark = pytest.mark.only_on("sqlite")

FILLED = {"disclosed": "yes", "investor": "Zorvath Werke AG", "country": "DE", "source": "fair", "title": "一条产线", "amount_band": "unknown",
          "total_unit": "wan", "total_currency": "CNY", "contracted_unit": "wan", "contracted_currency": "USD"}  # fmt: skip


@pytest.mark.parametrize(("changed", "words"), [
    ({"investor": ""}, "请填写投资方名称"),
    ({"disclosed": "no", "investor": ""}, "请写明经谁得知"),
    ({"contact_email": "k.weiss@zorvath.example"}, "请写联系人姓名"),
    ({"contact_phone": "+49 3641 123456"}, "请写联系人姓名"),
    ({"contact_title": "总经理"}, "请写联系人姓名"),
    ({"party_role": "introducer"}, "角色和名称请一起填写"),
    ({"party_name": "某商会"}, "角色和名称请一起填写"),
    ({"next_due": "2026-12-12"}, "请写下一步做什么"),
])  # fmt: skip
def test_what_belongs_together_is_asked_for(app, signed_in, changed, words):
    page = signed_in().get("/leads/new").submit("/leads/new", FILLED | changed, status=422)
    assert words in page.main
    for name, value in changed.items():
        assert value in page.html, name
    with app.app_context():
        assert db.session.scalar(db.select(Lead.id)) is None


def test_what_is_wrong_is_said_in_the_order_of_the_page(app, signed_in):
    wrong = FILLED | {"investor": "", "title": "", "total_number": "many", "contact_phone": "+49 3641 123456"}
    page = signed_in().get("/leads/new").submit("/leads/new", wrong, status=422)
    said = page.root.first("div", class_="ob-alert").text
    places = [said.index(label) for label in ("投资方名称", "项目一句话", "总投资", "联系人")]
    assert places == sorted(places)


def test_nothing_more_is_asked_for(app, signed_in):
    signed_in().get("/leads/new").submit("/leads/new", FILLED)
    with app.app_context():
        assert db.session.scalars(db.select(Lead.title)).all() == ["一条产线"]


def test_a_day_in_a_word_of_progress_says_what_is_due(app, signed_in):
    public_id = a_lead().public_id
    browser = signed_in()
    typed = {"text": "电话沟通", "next_due": "2026-12-12"}
    page = browser.get(f"/progress/{public_id}").submit(f"/progress/{public_id}", typed, status=422)
    assert "请写下一步做什么" in page.main
    assert "电话沟通" in page.html
    page.submit(f"/progress/{public_id}", {"next_step": "寄样品"})
    assert "寄样品" in browser.get(f"/leads/{public_id}").main


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_timeline_says_a_change_in_words(app, signed_in, lang):
    """It showed what is stored: codes, and sums with all their noughts."""
    with app.app_context(), unit_of_work():
        lead = a_lead()
        public_id, who = lead.public_id, actor().user_id
        stored = {"source": ("chamber", "visit"), "country": ("DE", "CH"), "industry": (None, "C39"), "districts": ("SZ-NS", "SZ-FT、SZ-NS"),
                  "clusters": (None, "智能传感器"), "total": ("20000000.00 EUR", "25000000.00 EUR"), "total_verified": ("True", "False"),
                  "amount_band": ("under_1yi", "from_1yi"), "project_type": (None, "building"), "note": ("旧", "gone away")}  # fmt: skip
        for field, (old, new) in stored.items():
            db.session.add(
                FieldChange(lead_id=lead.id, field=field, old=old, new=new, changed_by_id=who, changed_at=lead.registered_at)
            )
        db.session.add(
            FieldChange(
                lead_id=lead.id, field="source", old="pigeon", new="visit", changed_by_id=who, changed_at=lead.registered_at
            )
        )
    browser = signed_in()
    if lang == "en":
        browser.get("/").submit("/account/language/en")
    text = browser.get(f"/leads/{public_id}").root.first("ol", class_="ob-time").text
    for code in ("chamber", " DE ", "SZ-FT", "20000000", "under_1yi", "True"):
        assert code not in text, code
    wanted = {"zh": ("瑞士", "走访", "福田、南山", "智能传感器", "2,500 万欧元", "未核实", "gone away", "pigeon"),
              "en": ("Switzerland", "Visit", "Futian, Nanshan", "Smart Sensors", "EUR 25.00 m", "unverified", "gone away", "pigeon")}  # fmt: skip
    for words in wanted[lang]:
        assert words in text, words


def test_the_industries_are_chosen_in_the_pages_language(signed_in):
    """An English page offered ninety-seven Chinese names, and called thirty-one of those chosen by one word: Manufacturing."""
    browser = signed_in()
    browser.get("/").submit("/account/language/en")
    public_id = a_lead().public_id
    for path in ("/leads/new", f"/leads/{public_id}/edit"):
        offered = [one.text for one in browser.get(path).root.first("select", name="industry").all("option")]
        assert "C39 Computers, communication and other electronic equipment" in offered
        assert len(set(offered)) == len(offered) == 98
        assert all(text.isascii() for text in offered)
    browser.get("/").submit("/account/language/zh")
    assert "C39 计算机、通信和其他电子设备制造业" in browser.get("/leads/new").main


@pytest.mark.parametrize("typed", ["😀🏭🚀", "（）、。", "\u200b\u200d\ufeff", "\u202e\u200f\u202c"])
def test_what_has_no_letters_is_not_called_a_new_firm(signed_in, typed):
    """It cannot be saved as a name either; "nothing alike was found" would be no answer."""
    strip = signed_in("officer.nanshan").post("/leads/matches", {"investor": typed, "disclosed": "yes"}, status=200, htmx=True)
    assert "未发现相近企业" not in strip.text
    assert "输入名称时自动比对" in strip.text
