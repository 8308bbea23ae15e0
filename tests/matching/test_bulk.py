"""The bulk source of names, by its two commands and on both databases: ids as given, repeatable, quick whatever the names are."""

import json
import time

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import func, select

from crm.core.db import db, unit_of_work
from crm.matching import cli, queries, services
from crm.matching.models import IndexEntry, NameToken
from crm.matching.rules import Subject

KIND = 92  # a kind of subject that no room uses
NAMES: list[tuple[int | str, str]] = [
    (7, "深圳市大疆创新科技有限公司"), ("a-1", "Robert Bosch GmbH"), (9, "台湾积体电路制造股份有限公司"), ("九", "虹技株式会社"),
]  # fmt: skip


@pytest.fixture
def command(app: Flask) -> FlaskCliRunner:
    return app.test_cli_runner()


def _lines(rows: list[tuple[int | str, str]]) -> str:
    return "".join(json.dumps({"id": given, "name": name}, ensure_ascii=False) + "\n" for given, name in rows)


def _load(command: FlaskCliRunner, rows: list[tuple[int | str, str]]) -> None:
    done = command.invoke(args=["match", "load", "-"], input=_lines(rows))
    assert done.exit_code == 0, done.output
    assert json.loads(done.output)["names"] == len(rows)


def _ask(command: FlaskCliRunner, *names: str) -> list[dict[str, list[int | str]]]:
    asked = "".join(json.dumps({"q": name}) + "\n" for name in names)
    done = command.invoke(args=["match", "query"], input=asked)
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in done.output.splitlines()]


def _count(app: Flask) -> tuple[int | None, int | None]:
    with app.app_context():
        tables = (NameToken, IndexEntry)
        one, two = (db.session.scalar(select(func.count()).select_from(t).where(t.kind == queries.BULK)) for t in tables)
        return one, two


def test_ids_come_back_as_they_were_given_best_first(command: FlaskCliRunner) -> None:
    _load(command, NAMES)
    found = _ask(command, "大疆创新科技", "bosch", "KOGI CORPORATION", "全然不同")
    assert [answer["ids"][:1] for answer in found] == [[7], ["a-1"], ["九"], []]
    assert all(len(answer["ids"]) == len(answer["verdicts"]) and "ms" in answer for answer in found)
    assert _ask(command, "深圳市大疆创新科技有限公司")[0]["verdicts"][0] == "same"


def test_loading_again_changes_nothing_and_another_name_replaces_the_old_one(app: Flask, command: FlaskCliRunner) -> None:
    _load(command, NAMES)
    before = _count(app)
    _load(command, NAMES)
    assert _count(app) == before
    _load(command, [(7, "Zhuhai Coral Optics Ltd"), ("7", "青岛海月食品有限公司")])
    answers = _ask(command, "大疆创新科技", "coral optics", "海月食品")
    assert [answer["ids"][:1] for answer in answers] == [[], [7], ["7"]]


def test_a_load_that_was_cut_off_is_made_whole_by_the_next(app: Flask, command: FlaskCliRunner) -> None:
    with app.app_context():
        shelf = services.Shelf(queries.BULK)
        named = [(number, json.dumps(given), name) for number, (given, name) in enumerate(NAMES, start=1)]
        shelf.take(services.take_apart(named))
        with unit_of_work():
            services.store_part(queries.BULK, next(shelf.parts())[:20])
    _load(command, NAMES)
    assert [answer["ids"][:1] for answer in _ask(command, "大疆创新", "bosch")] == [[7], ["a-1"]]


def _written(app: Flask) -> list[tuple[object, ...]]:
    with app.app_context():
        tokens = select(NameToken.value, NameToken.subject_id, NameToken.channel).where(NameToken.kind == queries.BULK)
        entries = select(IndexEntry.subject_id, IndexEntry.names, IndexEntry.identifiers, IndexEntry.tokens)
        rows = db.session.execute(tokens.order_by(NameToken.value, NameToken.subject_id)).all()
        rows += db.session.execute(entries.where(IndexEntry.kind == queries.BULK).order_by(IndexEntry.subject_id)).all()
        return [tuple(row) for row in rows]


def test_several_processes_write_what_one_does(app: Flask, command: FlaskCliRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    named: list[tuple[int | str, str]] = [*NAMES, (10, "青岛海月\t食品有限公司"), (11, 'Quay "Nine" \\ GmbH'), (12, "")]
    with app.app_context(), unit_of_work():
        subjects = [services.referred(json.dumps(given, ensure_ascii=False), name) for given, name in named]
        services.index_many(queries.BULK, ((number, one, "") for number, one in enumerate(subjects, start=1)))
    wanted = _written(app)
    with app.app_context(), unit_of_work():
        for table in (NameToken, IndexEntry):
            db.session.query(table).delete()
    monkeypatch.setattr(cli, "MANY", 0)
    monkeypatch.setattr(cli, "processors", lambda: 2)
    monkeypatch.setattr(services, "CHUNK", 2)
    _load(command, named)
    assert _written(app) == wanted
    assert len(wanted) > 60


@pytest.mark.parametrize(
    "bad", ["{", "[]", '{"id": 1}', '{"id": 1.5, "name": "x"}', '{"id": true, "name": "x"}', '{"id": 1, "name": 2}']
)
def test_a_bad_line_is_named_and_nothing_is_written(app: Flask, command: FlaskCliRunner, bad: str) -> None:
    done = command.invoke(args=["match", "load", "-"], input=_lines(NAMES) + bad + "\n")
    assert done.exit_code == 2
    assert "line 5" in done.output
    assert _count(app) == (0, 0)
    _load(command, NAMES[:1])
    assert command.invoke(args=["match", "load", "-"], input=_lines(NAMES) + bad).exit_code == 2
    assert _count(app)[1] == 1


def _slowest(names: list[str]) -> float:
    """Seconds of the slowest check."""
    took = []
    for name in names:
        begun = time.process_time()
        queries.judged(Subject((name,)), kind=KIND)
        took.append(time.process_time() - begun)
    return max(took[1:])


@pytest.mark.full
def test_thousands_of_one_name_are_answered_in_time(app: Flask) -> None:
    with app.app_context():
        for start in range(1, 6001, 2000):
            with unit_of_work():
                named = ((number, Subject(("深圳市华达电子科技有限公司",)), "") for number in range(start, start + 2000))
                services.index_many(KIND, named)
        assert _slowest(["华达电子", "深圳市华达电子科技有限公司", "Huada Electronics", "华达"] * 2) < 0.25
        hits = queries.judged(Subject(("深圳华达电子科技有限公司",)), kind=KIND)
        assert len(hits) == 12
        assert hits[0].judgement.verdict is queries.Verdict.SAME


@pytest.mark.full
def test_a_word_that_every_name_has_hides_nobody(app: Flask) -> None:
    signs = "天海金星宏达新源盛康龙威博创远明瑞泰和安吉德诚信立恒丰利通佳美欣荣鑫亿嘉凯伟格林"
    stems = [a + b + c for a in signs[:20] for b in signs[:15] for c in signs[20:35]]
    with app.app_context():
        with unit_of_work():
            named = ((number, Subject((f"前海{stem}智慧供应链",)), "") for number, stem in enumerate(stems, start=1))
            services.index_many(KIND, named)
        assert (
            _slowest(["前海智慧供应链", "前海供应链管理有限公司", "智慧", *(f"前海{stem}智慧供应链" for stem in stems[::900])])
            < 0.25
        )
        for number in range(1, len(stems), 700):
            first = queries.judged(Subject((f"前海{stems[number - 1]}智慧供应链",)), kind=KIND)[0]
            assert first.subject_id == number


@pytest.mark.parametrize(
    "name", ["", "龙", "🐉🐉", "有限公司", "Co., Ltd.", "龙" * 10_000, "long " * 2_000, "\u202eabc\u202c 汉"]
)
def test_any_text_is_answered(app: Flask, name: str) -> None:
    with app.app_context():
        with unit_of_work():
            services.index_many(KIND, [(1, Subject((name,)), ""), (2, Subject(("有限公司",)), "")])
        begun = time.process_time()
        queries.judged(Subject((name,)), kind=KIND)
        assert time.process_time() - begun < 1.0
