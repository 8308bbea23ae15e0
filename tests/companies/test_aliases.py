"""A name that a person confirmed says so, with its day, when two firms meet by it; what people said can be trained with."""

import json
import subprocess
import sys

import pytest

from crm.brands import services as brands
from crm.brands.services import NewNames
from crm.companies import queries, services
from crm.companies.rules import NewCompany
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.matching.rules import Subject
from crm.matching.rules import brands as table
from crm.matching.words import in_both_languages, reason_text
from crm.merging.services import merge_companies
from tests.builders import a_company, actor
from tests.house.source import ROOT
from tests.pages import statements

TYPED = {"investor": "Valdora", "country": "", "disclosed": "yes"}


@pytest.fixture(autouse=True)
def shipped_again():
    yield
    table.use(None)


def learn(app, company, name: str, clock_at=None) -> None:
    with app.app_context(), unit_of_work():
        row = queries.by_public_id(company.public_id)
        services.learn(row, NewCompany(name), actor=actor("officer.nanshan"), now=clock.now())


def reasons(app, typed: str) -> list[str]:
    with app.test_request_context():
        asked = {0: Subject((typed,))}
        hits = queries.with_aliases(queries.hits_for_each(asked), asked)[0]
        return [reason_text(reason) for reason in hits[0].judgement.reasons] if hits else []


@pytest.fixture
def confirmed(app, clock_at):
    clock_at("2026-02-01 09:00")
    company = a_company("青梧光学有限公司", country=None)
    clock_at("2026-03-01 23:30")
    learn(app, company, "Valdora")
    return company


def test_the_confirmed_name_is_said_with_its_day(app, confirmed):
    assert reasons(app, "VALDORA")[0] == "别名 青梧光学有限公司 = Valdora（2026-03-01 确认）"
    assert "名称相同" not in reasons(app, "Valdora")


def test_a_name_that_is_only_like_it_says_so_too(app, confirmed):
    assert "别名 青梧光学有限公司 = Valdora（2026-03-01 确认）" in reasons(app, "Valdora GmbH")


def test_who_meets_by_another_name_meets_by_that(app, confirmed):
    assert not [reason for reason in reasons(app, "青梧光学") if "确认" in reason]


def test_names_given_with_the_company_were_not_confirmed_later(app):
    a_company("青梧光学有限公司", country=None, other_names=("Valdora", "Valdora Optics"))
    assert reasons(app, "Valdora Optics")
    assert not [reason for reason in reasons(app, "Valdora Optics") if "确认" in reason]


def merge(app, keep, lose) -> None:
    with app.app_context(), unit_of_work():
        merge_companies(keep.public_id, (lose.public_id,), {}, reason="同一家", actor=actor("coordinator"), now=clock.now())


def test_an_import_confirms_nothing(app):
    """A workbook's row is said to be a known firm by the comparison: the machine is not to learn from its own verdict."""
    company = a_company("青梧光学有限公司", country=None)
    with app.app_context(), unit_of_work():
        row = queries.by_public_id(company.public_id)
        services.learn(row, NewCompany("Valdora", import_id=1), actor=actor("coordinator"), now=clock.now())
    assert reasons(app, "Valdora")
    assert not [reason for reason in reasons(app, "Valdora") if "确认" in reason]
    assert learned(app) == []


def test_a_name_that_came_through_several_merges_was_not_confirmed(app, clock_at):
    clock_at("2026-02-01 09:00")
    first = a_company("青梧光学有限公司", country=None)
    clock_at("2026-02-02 09:00")
    second = a_company("梧青仪器有限公司", country=None)
    clock_at("2026-02-03 09:00")
    third = a_company("Valdora", country=None)
    merge(app, second, third)
    merge(app, first, second)
    assert reasons(app, "Valdora")
    assert not [reason for reason in reasons(app, "Valdora") if "确认" in reason]


def test_a_confirmed_name_stays_confirmed_after_a_merge(app, confirmed, clock_at):
    clock_at("2026-05-01 09:00")
    younger = a_company("梧青仪器有限公司", country=None)
    merge(app, younger, confirmed)
    assert reasons(app, "Valdora")[0] == "别名 梧青仪器有限公司 = Valdora（2026-03-01 确认）"


def test_confirmed_names_are_compared_by_one_read_for_all(app):
    for number in range(3):
        company = a_company(
            f"青梧{'一二三'[number]}光学有限公司", country=None, identifiers=frozenset({("domain", f"{number}.example.com")})
        )
        learn(app, company, f"Valdora {'ABC'[number]}")
    with app.test_request_context():
        asked = {0: Subject(("Valdora",))}
        hits = queries.hits_for_each(asked)
        assert len(hits[0]) == 3
        with statements() as said:
            queries.with_aliases(hits, asked)
        assert len(said) <= 2, "the stored subjects, and the stamp of the office's brands"


def test_in_english(app, confirmed):
    with app.test_request_context():
        asked = {0: Subject(("Valdora",))}
        hit = queries.with_aliases(queries.hits_for_each(asked), asked)[0][0]
        said = in_both_languages(hit.judgement.reasons[0])
        assert said["en"] == "Alias 青梧光学有限公司 = Valdora (confirmed 2026-03-01)"


def test_an_office_brand_says_its_day(app, clock_at):
    a_company("青梧光学有限公司", country=None)
    clock_at("2026-04-05 10:00")
    with app.app_context(), unit_of_work():
        brands.add_brand(NewNames(("青梧", "Valdora"), "官网"), actor=actor("sysadmin"), now=clock.now())
    assert "别名 青梧光学有限公司 = Valdora（2026-04-05 确认）" in reasons(app, "Valdora")
    a_company("博世有限公司", country=None)
    assert not [reason for reason in reasons(app, "Bosch") if "确认" in reason], "the shipped table has no day"


def test_the_strip_says_it(app, confirmed, signed_in):
    browser = signed_in("officer.nanshan")
    token = browser.get("/leads/new").form("/leads/new").all("input", name="csrf_token")[0]["value"]
    strip = browser.post("/leads/matches", {**TYPED, "csrf_token": token}, status=200, htmx=True)
    assert "别名 青梧光学有限公司 = Valdora（2026-03-01 确认）" in strip.text


def test_a_pair_of_the_queue_says_it(app, confirmed):
    other = a_company("Valdora GmbH", country=None)
    with app.app_context():
        from crm.review.queries.finding import compare

        found = compare([other.id]).found
        assert [reason.code for reason in found[confirmed.id, other.id].reasons][0] == "alias"


def learned(app) -> list[dict]:
    done = app.test_cli_runner().invoke(args=["match", "learned"])
    assert done.exit_code == 0
    return [json.loads(line) for line in done.output.splitlines()]


def test_what_people_said_is_written_as_pairs(app, confirmed):
    one, two, three = (a_company(name, country=None) for name in ("Lomarand AG", "Lomarand Tools AG", "Lomarando SA"))
    four, five = a_company("Borkheim KG", country=None), a_company("博克海姆", country=None)
    with app.app_context(), unit_of_work():
        for a, b, verdict in ((one, two, "related"), (one, three, "different"), (four, five, "different")):
            first, second = queries.by_public_id(a.public_id), queries.by_public_id(b.public_id)
            services.decide_pair(first, second, verdict, "试", actor=actor("coordinator"), now=clock.now())
    with app.app_context(), unit_of_work():
        merge_companies(four.public_id, (five.public_id,), {}, reason="同一家", actor=actor("coordinator"), now=clock.now())
    rows = learned(app)
    assert {(row["a"], row["b"], row["same"]) for row in rows} == {
        ("青梧光学有限公司", "Valdora", 1), ("博克海姆", "Borkheim KG", 1), ("Lomarand AG", "Lomarand Tools AG", 0),
        ("Lomarand AG", "Lomarando SA", 0),
    }  # fmt: skip
    assert {row["slice"] for row in rows} == {"learned"}
    assert len({row["entity"] for row in rows}) == 3
    with app.app_context():
        db.session.remove()


def test_an_empty_base_has_nothing_learned(app):
    assert learned(app) == []


@pytest.mark.full
@pytest.mark.only_on("sqlite")
def test_a_model_learns_from_two_files(app, confirmed, tmp_path):
    """In a process of its own: training leaves the registers out of the brand table. Needs scikit-learn."""
    study, own, to = tmp_path / "study.jsonl", tmp_path / "own.jsonl", tmp_path / "model"
    pairs = [
        {"a": f"{name}有限公司", "b": f"{name if same else other}股份有限公司", "same": same, "slice": "zh", "entity": f"E{n}"}
        for n, (name, other) in enumerate((f"青{a}{b}", f"松{b}{a}") for a in "梧松柏桐" for b in "光电器材化工")
        for same in (0, 1)
    ]
    study.write_text("".join(json.dumps(row) + "\n" for row in pairs), "utf-8")
    own.write_text(app.test_cli_runner().invoke(args=["match", "learned"]).output, "utf-8")
    words = [sys.executable, "-m", "flask", "--app", "wsgi", "match", "train", str(study), str(own), "--to", str(to)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads((to / "trees.json").read_text("utf-8"))["trees"]
    assert (to / "lexicon.json").exists()


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    "line", ["{", "[]", "3", '{"a": "x", "b": "y", "same": 2, "slice": "s", "entity": "e"}', '{"a": "x"}', "\udcff"]
)
def test_a_broken_file_of_pairs_is_named(app, tmp_path, line):
    path = tmp_path / "pairs.jsonl"
    path.write_bytes(line.encode("utf-8", "surrogateescape") + b"\n")
    done = app.test_cli_runner().invoke(args=["match", "train", str(path), "--to", str(tmp_path)])
    assert done.exit_code == 2
    assert "pairs.jsonl" in done.output
    assert not (tmp_path / "trees.json").exists()
