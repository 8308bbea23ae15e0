"""The one index of names, on both databases: what is written is found at once, replaced whole and forgotten whole."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.dialects.sqlite.base import dialect

from crm.core.db import db, unit_of_work
from crm.core.types import BriefJSON
from crm.matching import queries, services
from crm.matching.models import IndexEntry, NameToken
from crm.matching.rules import Subject, Verdict, forms_of
from crm.matching.rules.tokens import search_text_of

KIND = 91  # a kind of subject that no room uses


@pytest.fixture
def inside(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.fixture
def indexed(inside: None) -> None:
    subjects = [
        (1, Subject(("台湾积体电路制造股份有限公司",), "TW")),
        (2, Subject(("Robert Bosch GmbH",), "DE", frozenset({("domain", "bosch.com")}))),
        (3, Subject(("杭州海康威视数字技术股份有限公司", "Hikvision"), "CN", phones=frozenset({"+8657188075998"}))),
        (4, Subject(("虹技株式会社",), "JP")),
        (5, Subject(("케이티씨텔레콤",), "KR")),
        (6, Subject(("深圳市大疆创新科技有限公司",), "CN")),
    ]
    with unit_of_work():
        assert services.index_many(KIND, ((number, subject, "") for number, subject in subjects)) > 20


SPELLINGS = {
    "台积电": 1, "臺灣積體電路": 1, "Bosch (China) Investment Ltd.": 2, "博世": 2, "海康威视": 3, "hikvision": 3, "KOGI CORPORATION": 4,
    "KTC Telecom": 5, "DJI": 6, "大疆": 6,
}  # fmt: skip


@pytest.mark.usefixtures("indexed")
def test_other_spellings_find_the_firm_first() -> None:
    for typed, subject_id in SPELLINGS.items():
        hits = queries.judged(Subject((typed,)), kind=KIND)
        assert hits, typed
        assert hits[0].subject_id == subject_id
        assert hits[0].judgement.verdict is not Verdict.DIFFERENT, typed


@pytest.mark.usefixtures("indexed")
def test_an_equal_phone_or_website_finds_the_firm_under_any_name() -> None:
    assert 3 in queries.candidates(Subject(("全然不同",), phones=frozenset({"+8657188075998"})), kind=KIND)
    by_site = queries.judged(Subject(("全然不同",), identifiers=frozenset({("domain", "bosch.com")})), kind=KIND)
    assert by_site[0].subject_id == 2


def _tokens(subject_id: int) -> set[int]:
    query = select(NameToken.value).where(NameToken.kind == KIND, NameToken.subject_id == subject_id)
    return set(db.session.scalars(query))


@pytest.mark.usefixtures("indexed")
def test_indexing_again_replaces_and_is_idempotent() -> None:
    before = _tokens(6)
    with unit_of_work():
        services.index_subject(KIND, 6, Subject(("深圳市大疆创新科技有限公司",), "CN"))
    assert _tokens(6) == before
    with unit_of_work():
        services.index_subject(KIND, 6, Subject(("Shenzhen Other Name Ltd",), "CN"))
    assert not _tokens(6) & before
    assert queries.judged(Subject(("大疆创新",)), kind=KIND) == []


@pytest.mark.usefixtures("indexed")
def test_a_dropped_firm_leaves_nothing() -> None:
    with unit_of_work():
        services.drop_subject(KIND, 2)
    assert _tokens(2) == set()
    left = select(func.count()).select_from(IndexEntry).where(IndexEntry.kind == KIND, IndexEntry.subject_id == 2)
    assert db.session.scalar(left) == 0


@pytest.mark.usefixtures("indexed")
def test_reindexing_walks_to_the_end_and_changes_nothing() -> None:
    before = {number: _tokens(number) for number in range(1, 7)}
    after: int | None = 0
    while after is not None:
        with unit_of_work():
            after = services.reindex(KIND, after=after, count=2)
    assert {number: _tokens(number) for number in range(1, 7)} == before


@pytest.mark.usefixtures("inside")
def test_a_list_search_finds_by_signs_pinyin_initials_and_numbers() -> None:
    searched = search_text_of("SZ-2026-00417", "深圳市大疆创新科技有限公司", "Shenzhen Capchem Technology Co., Ltd.")
    with unit_of_work():
        services.index_search_text(KIND, 17, searched)
    for typed in ("大疆", "szs", "dajiang", "shenzhen", "00417", "capchem", "shenzhenshi"):
        for many, in_order in ((10, True), (10, False), (0, True)):
            assert _narrowed(typed, many=many, in_order=in_order) == {17}, typed
    assert queries.search_condition(["深"], kind=KIND, of=IndexEntry.subject_id, many=10, in_order=True) is None
    assert _narrowed("不存在", many=10, in_order=True) == set()


@pytest.mark.only_on("sqlite")
@pytest.mark.usefixtures("indexed")
def test_sqlite_keeps_forms_as_signs_and_each_text_once() -> None:
    kept = db.session.scalar(text(f"SELECT names FROM index_entry WHERE kind = {KIND} AND subject_id = 1"))
    assert "\\u" not in kept
    assert kept.count("台湾积体电路制造股份有限公司") == 1
    stored = queries.stored_subjects(KIND, [1])[1]
    assert stored.forms[0] == replace(forms_of("台湾积体电路制造股份有限公司", "TW"), sort_key="")


def test_half_a_sign_is_kept_as_json_keeps_it() -> None:
    kind, on = BriefJSON(), dialect()  # type: ignore[no-untyped-call]
    assert kind.process_bind_param(["汉"], on) == '["汉"]'
    stored = kind.process_bind_param(["\ud800", "汉"], on)
    assert stored.isascii()
    assert kind.process_result_value(stored, on) == ["\ud800", "汉"]


def _narrowed(term: str, *, many: int, in_order: bool) -> set[int]:
    """Ids of indexed subjects that a search term leaves."""
    found = queries.search_condition([term], kind=KIND, of=IndexEntry.subject_id, many=many, in_order=in_order)
    assert found is not None
    return set(db.session.scalars(select(IndexEntry.subject_id).where(IndexEntry.kind == KIND, found)))
