"""粘贴登记: what messages and notices as people write them propose, and that nothing is made up."""

import time
from dataclasses import fields
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.core.money import Money
from crm.core.text import clean
from crm.leads.rules.paste import Proposal, propose

AREAS = {"南山": "1", "Nanshan": "1", "宝安": "2", "前海": "3"}
CHAT = (
    "各位好，昨天拜访了一家德国企业 Veldhaven Sensors GmbH（维德港传感器有限公司），计划在南山设立汽车传感器研发中心，"
    "总投资约3.5亿元人民币，联系人：李雷，电话138 0013 8000，邮箱 li.lei@veldhaven-sensors.example，官网 www.veldhaven-sensors.de"
)
NOTICE = (
    "【来函】投资方：朝凪センサ株式会社\r\n项目名称：工业传感器华南总部\r\n注册资本：3000万元\r\n投资总额：5000万美元\r\n"
    "拟落户：宝安、前海\r\n联系人：佐藤健　0755-88886666"
)
MAIL = (
    "Hi, met Kasberide Robotics Inc. from the United States yesterday. They plan a robot test line in Nanshan, investment about "
    "USD 12 million. Contact: John Smith, +1 415 555 0132, john@kasberide.example"
)


def said(text: str) -> Proposal:
    return propose(clean(text, multiline=True), areas=AREAS)


def filled(proposal: Proposal) -> set[str]:
    return {item.name for item in fields(proposal) if getattr(proposal, item.name)} - {"found"}


def test_a_chat_message():
    found = said(CHAT)
    assert (found.investor, found.other_names) == ("Veldhaven Sensors GmbH", ("维德港传感器有限公司",))
    assert (found.country, found.title, found.districts) == ("DE", "设立汽车传感器研发中心", ("1",))
    assert found.total == Money.of("350000000", "CNY")
    assert (found.contact, found.phone) == ("李雷", "138 0013 8000")
    assert (found.email, found.website) == ("li.lei@veldhaven-sensors.example", "www.veldhaven-sensors.de")


def test_a_notice_with_labels():
    found = said(NOTICE)
    assert (found.investor, found.title) == ("朝凪センサ株式会社", "工业传感器华南总部")
    assert found.total == Money.of("50000000", "USD"), "the registered capital is no investment"
    assert set(found.districts) == {"2", "3"}
    assert (found.contact, found.phone) == ("佐藤健", "0755-88886666")


def test_an_english_mail():
    found = said(MAIL)
    assert (found.investor, found.country, found.districts) == ("Kasberide Robotics Inc.", "US", ("1",))
    assert found.total == Money.of("12000000", "USD")
    assert (found.contact, found.phone, found.email) == ("John Smith", "+1 415 555 0132", "john@kasberide.example")


@pytest.mark.parametrize(("text", "investor"), [
    ("香港鈞豐新能源有限公司拟在前海设立区域总部", "鈞豐新能源有限公司"),
    ("我们和维德港传感器有限公司谈了两次", "维德港传感器有限公司"),
    ("对接了새론센서 주식회사，想在宝安建厂", "새론센서 주식회사"),
    ("株式会社汐見半導体来访", "株式会社汐見半導体"),
    ("和翊新能源（香港）有限公司来函", "和翊新能源(香港)有限公司"),
    ("据悉，Kwan Fung New Energy (Hong Kong) Limited 有意扩产", "Kwan Fung New Energy (Hong Kong) Limited"),
    ("Norvane B.V. is looking for a site", "Norvane B.V."),
    ("Received from Asanagi Sensors Co., Ltd. today", "Asanagi Sensors Co., Ltd."),
    ("介绍了澄野企业管理有限公司", "澄野企业管理有限公司"),
])  # fmt: skip
def test_the_name_alone_is_taken_out_of_its_sentence(text, investor):
    assert said(text).investor == investor


@pytest.mark.parametrize("text", [
    "收到，谢谢！👍", "好的 ok", "今天下午三点开会，请各公司负责人准时参加，地点二楼会议室。", "贵公司您好，该公司拟投资", "某某集团",
    "我们准备在宝山成立一家项目公司", "The company will visit us on Monday.", "价格 12 元/平方米，面积 30000 平方米", "5亿", "1", "？？？",
    "2026-06-18 14:30 会议号 883 221 907", "年产值10亿元，注册资本2000万元", "contact us", "[图片]", "",
])  # fmt: skip
def test_noise_proposes_nothing(text):
    assert filled(said(text)) == set()


@pytest.mark.parametrize(("text", "total"), [
    ("投资 HK$5亿", Money.of("500000000", "HKD")),
    ("投资新台币5亿元", Money.of("500000000", "TWD")),
    ("投资3亿日元", Money.of("300000000", "JPY")),
    ("投资3亿韩元", Money.of("300000000", "KRW")),
    ("人民币 1,200.5 万元", Money.of("12005000", "CNY")),
    ("€ 30 million", Money.of("30000000", "EUR")),
    ("US$ 1.5bn", Money.of("1500000000", "USD")),
    ("２亿美元", Money.of("200000000", "USD")),
    ("M$ 30 million", None),
    ("投资 999999999999999999 亿元", None),
])  # fmt: skip
def test_a_sum_is_taken_with_the_currency_it_was_said_in(text, total):
    assert said(text).total == total


@pytest.mark.parametrize(("text", "country"), [
    ("日本客商来访", "JP"), ("来了一家新加坡企业", "SG"), ("from Germany", "DE"), ("(Netherlands)", "NL"), ("a firm in South Korea", "KR"),
    ("台湾企业", "TW"), ("Malibu Systems", None), ("Contact Chad Williams", None), ("中国企业", None), ("上海地区", None),
])  # fmt: skip
def test_a_country_is_named_not_guessed(text, country):
    assert said(text).country == country


@pytest.mark.parametrize(("text", "contact"), [
    ("联系人李雷电话13800138000", "李雷"), ("联系人：王先生", "王先生"), ("对接人:韩梅梅 微信同号", "韩梅梅"), ("联系人：见附件一览表说明", None),
])  # fmt: skip
def test_the_contact_ends_where_the_name_ends(text, contact):
    assert said(text).contact == contact


def test_control_characters_and_disguises():
    dirty = CHAT.replace("GmbH", "Gm\u200bbH").replace("李雷", "李\u202e雷").replace("，", ",\x00\x07")
    found = said(dirty)
    assert (found.investor, found.contact, found.phone) == ("Veldhaven Sensors GmbH", "李雷", "138 0013 8000")
    for item in fields(found):
        assert not any(ord(char) < 32 for char in str(getattr(found, item.name)))


@pytest.mark.parametrize("piece", [
    "a", "公司", "株", "1 ", "a.b", "@", "有限", "A&b ", "（（", "+1-", "联系人：", "ー", "가", "A", "A ", "Aa ", "(A) ", "计划在", "一", "一(一)",
    "企业", "USD 1 ", "www.", "\n", "项目:", "Germany ",
])  # fmt: skip
def test_long_input_takes_no_time(piece):
    """As long as the form lets through, made of whatever a pattern likes best."""
    start = time.process_time()
    propose((piece * 4000)[:4000], areas=AREAS)
    assert time.process_time() - start < 2


@given(
    st.lists(st.sampled_from([*CHAT, *MAIL, "有限公司", " GmbH", "株式会社", "联系人：", "USD ", "亿", "\n"]), max_size=60).map(
        "".join
    )
)
def test_every_proposal_is_a_piece_of_the_text(text):
    text = clean(text, multiline=True)
    found = propose(text, areas=AREAS)
    for value in (found.investor, *found.other_names, found.title, found.contact, found.phone, found.email, found.website):
        assert value is None or value in text
    for _field, piece in found.found:
        assert piece in text


@pytest.mark.only_on("sqlite")
def test_the_page_fills_the_form_and_stores_nothing(app, signed_in):
    from crm.leads.models import Lead
    from tests.pages import values_of

    browser = signed_in("officer.nanshan")
    browser.get("/leads/new")
    page = browser.post("/leads/paste", {"text": CHAT}, status=200)
    values = values_of(page.form("/leads/new"))
    assert values["investor"] == "Veldhaven Sensors GmbH"
    assert Decimal(values["total_number"]) == 350_000_000
    assert (values["total_unit"], values["total_currency"]) == ("one", "CNY")
    assert (values["country"], values["contact_name"], values["contact_phone"]) == ("DE", "李雷", "138 0013 8000")
    browser.post("/leads/paste", {"text": "　"}, status=422)
    browser.post("/leads/paste", {"text": "x" * 4001}, status=422)
    with app.app_context():
        from crm.core.db import db

        assert db.session.query(Lead).count() == 0


def test_all_that_was_read_is_in_sight(signed_in):
    """The sum and the contact stand under 更多: it is open after a text, else nobody could look at them before saving."""
    browser = signed_in()
    before = "open" in browser.get("/leads/new").root.first("details", class_="ob-more").attrs
    after = "open" in browser.post("/leads/paste", {"text": CHAT}, status=200).root.first("details", class_="ob-more").attrs
    assert (before, after) == (False, True)
