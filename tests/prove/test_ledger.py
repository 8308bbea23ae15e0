"""What long proofs have shown adds up, over runs, machines and branches; a run that is killed loses one batch at most."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests import databases
from tests.prove import rounds
from tests.prove.ledger import FOLDER, ROOT, Ledger, Line, commit_here


def ledger(folder: Path, commit: str | None = "abc") -> Ledger:
    return Ledger("game", folder, commit)


def stored(folder: Path) -> list[dict[str, object]]:
    return [json.loads(text) for text in (folder / "game.jsonl").read_text("utf-8").splitlines()]


def test_a_run_goes_on_where_the_last_one_stopped_with_one_line_each(tmp_path: Path) -> None:
    first = ledger(tmp_path)
    assert first.begin("sqlite") == 0
    for start in (0, 20):
        first.held("sqlite", start, 20, 1.5)
    first.held("postgres", 0, 20, 2)
    second = ledger(tmp_path, None)
    assert second.begin("sqlite") == 40
    second.held("sqlite", 40, 20, 1)
    assert [(row["database"], row["first"], row["next"], row["seconds"], row["commit"]) for row in stored(tmp_path)] == [
        ("sqlite", 0, 40, 3.0, "abc"), ("postgres", 0, 20, 2.0, "abc"), ("sqlite", 40, 60, 1.0, None),
    ]  # fmt: skip
    assert stored(tmp_path)[0]["cores"] == os.cpu_count()
    assert (second.proven("sqlite"), second.proven("postgres")) == (60, 20)


def test_rounds_of_two_branches_count_once_and_a_hole_is_filled(tmp_path: Path) -> None:
    rows = [("sqlite", 0, 20), ("sqlite", 10, 30), ("sqlite", 50, 60), ("postgres", 20, 40)]
    lines = [Line("2026-11-26T20:00Z", None, kind, start, end) for kind, start, end in rows]
    (tmp_path / "game.jsonl").write_text("\n".join(line.text() for line in lines) + "\n\n", "utf-8")
    one = ledger(tmp_path)
    assert (one.proven("sqlite"), one.begin("sqlite"), one.begin("postgres")) == (40, 30, 0)
    one.held("sqlite", 30, 20, 1)
    one.held("sqlite", one.begin("sqlite"), 5, 1)
    assert (one.proven("sqlite"), one.begin("sqlite")) == (65, 65)
    assert [(row["first"], row["next"]) for row in stored(tmp_path)][-2:] == [(30, 50), (60, 65)]


def test_two_runs_at_once_keep_each_others_lines(tmp_path: Path) -> None:
    one, other = ledger(tmp_path, "one"), ledger(tmp_path, "other")
    for start in (0, 20, 40):
        one.held("sqlite", start, 20, 1)
        other.held("sqlite", start, 20, 1)
    assert [(row["commit"], row["next"]) for row in stored(tmp_path)] == [("one", 60), ("other", 60)]
    assert one.proven("sqlite") == 60


def test_a_fault_stands_in_the_line_and_its_rounds_do_not_count(tmp_path: Path) -> None:
    one = ledger(tmp_path)
    one.held("sqlite", 0, 20, 1)
    one.failed("sqlite", 20, 1, "two winners\n" * 100)
    assert (one.proven("sqlite"), ledger(tmp_path).begin("sqlite")) == (20, 20)
    assert str(stored(tmp_path)[0]["fault"]).startswith("two winners")


def test_where_nothing_can_be_written_the_run_goes_on_and_says_its_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("no folder", "utf-8")
    one = Ledger("game", tmp_path / "file" / "proofs")
    for start in (0, 20):
        assert one.begin("sqlite") == start
        one.held("sqlite", start, 20, 1)
    assert one.proven("sqlite") == 40
    rounds._say("held", one, {})
    said = capsys.readouterr().out.splitlines()
    assert json.loads(said[0])["held"] == {"sqlite": 40, "postgres": 0}
    assert [json.loads(text)["next"] for text in said[2:]] == [40]


def test_go_on_counts_from_the_ledger_stops_when_all_is_done_and_at_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["prove", "--minutes", "1"])
    monkeypatch.setattr(databases, "fresh", lambda kind: kind)
    monkeypatch.setattr(databases, "release", lambda _app: None)
    monkeypatch.setattr(databases, "shut_down", lambda: None)
    before = signal.getsignal(signal.SIGTERM)
    asked = []

    def good(app: object, first: int) -> str | None:
        asked.append((app, first))
        return None

    def bad(app: object, first: int) -> str | None:
        return "two winners" if first == 20 and app == "postgres" else None

    try:
        ledger(tmp_path).held("sqlite", 0, 5, 1)
        assert rounds.go_on("game", "held", good, at_once=5, wanted=10, ledger=ledger(tmp_path)) == 0
        assert asked == [("sqlite", 5), ("postgres", 0), ("postgres", 5)]
        assert rounds.go_on("game", "held", bad, at_once=5, wanted=30, ledger=ledger(tmp_path)) == 1
    finally:
        signal.signal(signal.SIGTERM, before)
    assert "postgres, rounds 20 to 24: two winners" in capsys.readouterr().out
    assert (ledger(tmp_path).proven("sqlite"), ledger(tmp_path).proven("postgres")) == (25, 20)


def test_a_run_that_is_killed_has_lost_no_batch_that_was_over(tmp_path: Path) -> None:
    program = f"""
import time
from pathlib import Path
from tests.prove.ledger import Ledger
one = Ledger("game", Path({str(tmp_path)!r}), None)
while True:
    one.held("sqlite", one.begin("sqlite"), 10, 0.1)
    print(one.begin("sqlite"), flush=True)
"""
    run = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    said = [int(run.stdout.readline()) for _ in range(30)]
    time.sleep(0.05)
    run.kill()
    said += [int(text) for text in run.stdout.read().split("\n")[:-1]]
    run.wait()
    assert 0 <= ledger(tmp_path).begin("sqlite") - said[-1] <= 10
    assert len(stored(tmp_path)) == 1


def test_the_commit_is_said_and_unknown_without_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert commit_here(tmp_path) is None
    for words in (
        ["init", "-q"],
        ["-c", "user.name=a", "-c", "user.email=a@b.example", "commit", "-q", "--allow-empty", "-m", "a"],
    ):
        subprocess.run(["git", "-C", str(tmp_path), *words], check=True)
    clean = commit_here(tmp_path)
    assert clean is not None
    assert len(clean) == 9
    (tmp_path / "docs" / "proofs").mkdir(parents=True)
    (tmp_path / "docs" / "proofs" / "game.jsonl").write_text("", "utf-8")
    assert commit_here(tmp_path) == clean
    (tmp_path / "a.py").write_text("", "utf-8")
    assert commit_here(tmp_path) == f"{clean}+"
    monkeypatch.setenv("PATH", "")
    assert commit_here(tmp_path) is None


def test_what_is_kept_in_the_repository_can_be_read_and_each_proof_is_one_that_there_is() -> None:
    proofs = {
        path.stem for path in (ROOT / "tests" / "prove").glob("*.py") if re.search(r"import .*\bgo_on\b", path.read_text("utf-8"))
    }
    kept = {path.stem for path in FOLDER.glob("*.jsonl")}
    assert kept <= proofs
    for name in kept:
        for line in Ledger(name).lines():
            assert line.database in databases.KINDS
            assert 0 <= line.first <= line.next
