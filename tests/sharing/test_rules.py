"""Terms, code names and the text that a lead brings along."""

from datetime import date

import pytest

from crm.sharing import rules
from crm.sharing.rules import BadUntil, CodeNameTells, EditNeedsDetail, Held, Level, ShareRole, Terms, Tier

TODAY = date(2026, 6, 18)


@pytest.mark.parametrize(
    "level, tier, until, refusal",
    [
        (Level.READ, Tier.CARD, date(2026, 6, 18), None),
        (Level.EDIT, Tier.DETAIL, date(2027, 6, 19), None),
        (Level.EDIT, Tier.CARD, date(2026, 7, 1), EditNeedsDetail),
        (Level.READ, Tier.CARD, date(2026, 6, 17), BadUntil),
        (Level.READ, Tier.CARD, date(2027, 6, 20), BadUntil),
    ],
)
def test_terms(level, tier, until, refusal):
    terms = Terms(ShareRole.ASSIST, level, tier, until)
    if refusal is None:
        rules.check_terms(terms, TODAY)
    else:
        with pytest.raises(refusal):
            rules.check_terms(terms, TODAY)


@pytest.mark.parametrize("code", ["海棠", "Project Lynx", "木棉一号"])
def test_code_names_that_tell_nothing(code):
    rules.check_code_name(code, ["维德港传感器有限公司", "Weidehafen Sensorik GmbH"])


@pytest.mark.parametrize(
    "code", ["维德港", "维德港一号", "維德港計劃", "weidegang", "WEIDEHAFEN", "the sensorik deal", "棠", "", "  ", "传感器"]
)
def test_code_names_that_tell(code):
    with pytest.raises(CodeNameTells):
        rules.check_code_name(code, ["维德港传感器有限公司", "Weidehafen Sensorik GmbH"])


def test_the_text_that_a_lead_brings_along():
    text = "4::edit:detail:assist:2026-06-18;:7:read:card:refer:2026-06-17;:8:read:contacts:main:2026-12-31"
    assert rules.read_shares(text, TODAY) == (
        Held(4, None, "edit", "detail", "assist"), Held(None, 8, "read", "contacts", "main"),
    )  # fmt: skip
    assert rules.read_shares(None, TODAY) == ()
    assert rules.read_seal("2026-06-18:海:棠", TODAY) == "海:棠"
    assert rules.read_seal("2026-06-17:海棠", TODAY) is None
    assert rules.read_seal(None, TODAY) is None
