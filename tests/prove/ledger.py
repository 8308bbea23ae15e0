"""What was proven, kept in the repository: docs/proofs/NAME.jsonl, a line for each run and database, read by people as it stands.

    {"ended": "2026-11-26T22:43Z", "commit": "828c8ab", "database": "sqlite", "first": 0, "next": 660, "seconds": 353.1, "cores": 2}

A line speaks of the rounds `first` … `next` - 1, each of which held (seeds, where a proof is made from them), of the program's
commit ("+": with changes that no commit holds; null: nobody knows) and of the machine. Rounds that two lines name, of two machines
say, count once. A run that found a fault says so in its line's "fault"; the round of the fault is none of those that held.
"""

import fcntl
import json
import os
import platform
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "proofs"


@dataclass(frozen=True)
class Line:
    """One run on one database. `note`: what else is to be known, of lines written by hand."""

    ended: str
    commit: str | None
    database: str
    first: int
    next: int
    seconds: float | None = None
    cores: int | None = None
    python: str | None = None
    fault: str | None = None
    note: str | None = None

    def text(self) -> str:
        """As it stands in the file; what is not known of the machine is left out."""
        said = {key: value for key, value in asdict(self).items() if value is not None or key == "commit"}
        return json.dumps(said, ensure_ascii=False)


class Ledger:
    """The lines of one proof. `begin(kind)` says with which round to go on, `held(…)` after each batch that it held: written at
    once, so that a run that is killed loses the batch it was in. Where nothing can be written the run goes on and
    `unwritten` holds its lines.
    """

    def __init__(self, name: str, folder: Path = FOLDER, commit: str | None = None) -> None:
        self.path, self.commit = folder / f"{name}.jsonl", commit
        self.mine: dict[str, Line] = {}
        self.unwritten: list[str] = []
        self._before = self._read()

    def lines(self) -> list[Line]:
        """Every line of the file, or what it held at first with this run's own."""
        return self._read() if not self.unwritten else [*self._before, *self.mine.values()]

    def proven(self, kind: str) -> int:
        """How many rounds held on a kind of database, in all runs together."""
        return sum(end - start for start, end in _joined(self.lines(), kind))

    def begin(self, kind: str) -> int:
        """The first round that no run has had."""
        joined = _joined(self.lines(), kind)
        return joined[0][1] if joined and joined[0][0] == 0 else 0

    def held(self, kind: str, first: int, count: int, seconds: float) -> None:
        """`count` more rounds held, in so many seconds."""
        self._add(kind, first, first + count, seconds, None)

    def failed(self, kind: str, first: int, seconds: float, fault: str) -> None:
        """The batch that begins at `first` found a fault: none of it counts."""
        self._add(kind, first, first, seconds, fault.strip()[:300])

    def _add(self, kind: str, first: int, end: int, seconds: float, fault: str | None) -> None:
        old = self.mine.get(kind)
        if old is not None and old.next != first:  # a hole was filled: what was behind it is there already
            self._before.append(old)
            old = None
        line = old or Line("", self.commit, kind, first, first, 0.0, os.cpu_count(), platform.python_version())
        line = replace(line, ended=_now(), next=end, seconds=round((line.seconds or 0) + seconds, 1), fault=fault)
        self.mine[kind] = line
        try:
            self._write(old, line)
        except OSError:
            self.unwritten = [one.text() for one in self.mine.values()]
        else:
            self.unwritten = []

    def _read(self) -> list[Line]:
        try:
            return [Line(**json.loads(text)) for text in self._texts()]
        except (FileNotFoundError, NotADirectoryError):
            return []

    def _texts(self) -> list[str]:
        return [text for text in self.path.read_text("utf-8").splitlines() if text.strip()]

    def _write(self, old: Line | None, line: Line) -> None:
        """Put the line in the place of what this run wrote before, beside what others have written meanwhile: the whole file is
        exchanged at once.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with _alone_in(self.path.parent):
            texts = self._texts() if self.path.exists() else []
            if old is not None and old.text() in texts:
                texts[texts.index(old.text())] = line.text()
            else:
                texts.append(line.text())
            new = self.path.with_suffix(f".{os.getpid()}")
            try:
                new.write_text("".join(f"{text}\n" for text in texts), "utf-8")
                new.replace(self.path)
            finally:
                new.unlink(missing_ok=True)


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Nobody else writes into a folder meanwhile."""
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _joined(lines: Iterable[Line], kind: str) -> list[tuple[int, int]]:
    """The rounds that held, as (first, one behind the last), in order, none twice."""
    made: list[tuple[int, int]] = []
    for start, end in sorted((line.first, line.next) for line in lines if line.database == kind and line.next > line.first):
        if made and start <= made[-1][1]:
            made[-1] = (made[-1][0], max(end, made[-1][1]))
        else:
            made.append((start, end))
    return made


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%MZ")


def commit_here(root: Path = ROOT) -> str | None:
    """The program's commit, with a + when files differ from it (the ledger's own do not count); None where git does not say."""
    said = _git(root, "rev-parse", "--short=9", "HEAD")
    if not said:
        return None
    changed = _git(root, "status", "--porcelain", "--", ".", f":!{FOLDER.relative_to(ROOT)}")
    return said + ("+" if changed or changed is None else "")


def _git(root: Path, *words: str) -> str | None:
    try:
        done: Any = subprocess.run(["git", "-C", str(root), *words], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
