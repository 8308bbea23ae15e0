"""Rows of a large file are told apart on columns first; what a person is asked about is the same."""

import random

import pytest

from crm.exchange.rules import twins
from crm.matching.rules import Subject
from tests.bench.check_while_typing import composed

LIKE = (
    "朝凪电子有限公司", "朝凪电子集团有限公司", "Dunmorrow Photonics GmbH", "Dunmorrow Photonics Holding GmbH", "Dunmorow Photonics GmbH", "碧澜屿光学有限公司",
    "碧瀾嶼光學", "碧澜屿光学（深圳）有限公司", "Kestova Sensors AG", "凯斯托瓦传感器(深圳)有限公司", "骁泓(新加坡)有限公司", "骁泓有限公司", "西门子(中国)有限公司", "Siemens AG",
)  # fmt: skip


def test_columns_ask_about_the_same_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    dice = random.Random(3)
    names = [*LIKE, *(name for _number, name in composed(150))]
    names += [name.replace("有限公司", "集团有限公司") for name in dice.sample(names, 30)]
    subjects = {
        row: Subject((name,), dice.choice((None, "SG", "DE")), frozenset({("domain", "vela.com")} if row % 50 == 7 else ()))
        for row, name in enumerate(names, start=1)
    }
    found = list(twins.pairs(subjects))
    monkeypatch.setattr(twins, "_MANY", 1_000_000)
    one_by_one = list(twins.pairs(subjects))
    assert found == one_by_one
    assert len(found) > 30
    assert sum(len(part.pairs) for part in twins.parts(subjects)) > 500
