"""dev.py: a step that fails says what to do in one paragraph, without a traceback, and ends with code 2."""

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from devtools import preparing, steps
from devtools.steps import ROOT, VENDOR, VENDOR_FILES


def type_in(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    """`python3 dev.py …` as a person types it."""
    done = subprocess.run([sys.executable, "dev.py", *words], cwd=ROOT, env={**os.environ, **env}, capture_output=True, text=True)
    assert "Traceback" not in done.stdout + done.stderr
    return done


@pytest.fixture
def taken() -> int:
    """A port that another program listens on, until the test is over."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_taken_port_is_told_before_anything_is_done(taken: int) -> None:
    done = type_in("run", "--port", str(taken))
    assert (done.returncode, done.stdout.strip()) == (
        2, f"stopped: port {taken} is taken by another program (another dev.py run?). Choose one: --port {taken + 100}",
    )  # fmt: skip


def test_a_foreign_address_is_told() -> None:
    done = type_in("run", "--host", "192.0.2.77")
    assert done.returncode == 2
    assert "this machine has no address 192.0.2.77" in done.stdout


@pytest.mark.parametrize("words", [("run", "--port", "70000"), ("run", "--prot", "8100"), ("runn",), ("check", "all")])
def test_a_slip_of_the_keyboard_is_told(words: tuple[str, ...]) -> None:
    done = type_in(*words)
    assert done.returncode == 2
    assert words[-1] in done.stderr


@pytest.mark.parametrize("command", ["bench", "prove"])
@pytest.mark.parametrize("name", [(), ("no_such",)])
def test_unknown_names_are_answered_with_the_known(command: str, name: tuple[str, ...]) -> None:
    done = type_in(command, *name)
    assert done.returncode == 2
    known = [path.stem for path in (ROOT / "tests" / command).glob("*.py") if "__main__" in path.read_text("utf-8")]
    assert known
    assert all(f" {one}" in done.stdout for one in known)


def test_an_older_python_is_told_what_to_get() -> None:
    older = "import sys; sys.version_info = (3, 10, 1); sys.argv = ['dev.py', 'run']; exec(open('dev.py').read())"
    done = subprocess.run([sys.executable, "-c", older], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2
    assert "One Board needs 3.11 or newer" in done.stdout


def test_no_bundle_and_a_bundle_for_another_machine_are_told(tmp_path: Path) -> None:
    done = type_in("run", "--port", "18734", "--offline", str(tmp_path))
    assert done.returncode == 2
    assert "no bundle.json" in done.stdout
    (tmp_path / "bundle.json").write_text(json.dumps({"python": "3.8", "machine": "sparc"}))
    done = type_in("run", "--port", "18734", "--offline", str(tmp_path))
    assert done.returncode == 2
    assert "the bundle is for Python 3.8 on sparc" in done.stdout


def test_a_bundle_never_goes_into_a_folder_that_holds_something(tmp_path: Path) -> None:
    (tmp_path / "instance").mkdir()
    done = type_in("bundle", "--out", str(tmp_path))
    assert done.returncode == 2
    assert "is not empty" in done.stdout


@pytest.mark.parametrize(
    ("output", "word"),
    [
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("npm error code ENOSPC", "disk is full"),
        ("Failed to establish a new connection: [Errno -3] Temporary failure in name resolution", "run --offline"),
        ("npm error code EAI_AGAIN", "run --offline"),
        ("E: Unable to locate package chromium", "run --offline"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "It said"),
        ("ERROR: x do not match the hashes from the requirements file", "do not go on"),
        ("E: Could not get lock /var/lib/dpkg/lock", "dpkg --configure -a"),
        ("Temporary failure in name resolution\nERROR: No matching distribution found for uv==0.13.9", "run --offline"),
        ("ERROR: No matching distribution found for uv==0.13.9", "no package for this Python"),
        ("one\nsomething odd\n", "It said: something odd"),
        (
            "psycopg.OperationalError: connection refused\n  Is the server up?\n",
            "It said: psycopg.OperationalError: connection refused",
        ),
        ("", "It said: nothing"),
    ],
)
def test_complaints_of_programs_become_advice(output: str, word: str) -> None:
    assert word in steps.reason(output, fetches=True)


def test_a_database_that_does_not_answer_is_no_matter_of_registries() -> None:
    assert "registry" not in steps.reason("connection failed: Connection refused", fetches=False)


# A program that is told to end while it starts another: after the start, before anybody has written down that there is one.
HASTY = """
import os, signal, subprocess, sys
import dev

told = signal.Signals[sys.argv.pop()]
signal.signal(told, signal.SIG_DFL)  # whoever runs the tests may have it ignored

class Hasty(subprocess.Popen):
    def __init__(self, words, **settings):
        super().__init__(["sleep", "90"], **settings)
        print(self.pid, flush=True)
        os.kill(os.getpid(), told)

dev.subprocess.Popen = Hasty
dev.set_up = dev.timed = dev.need_port = lambda *words, **settings: None
sys.exit(dev.main())
"""


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_who_is_told_to_end_while_a_process_starts_leaves_none_behind(name: str) -> None:
    done = subprocess.run([sys.executable, "-c", HASTY, "run", name], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert not Path(f"/proc/{int(done.stdout)}").exists()


def test_who_may_not_install_is_told_the_line_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparing, "missing_packages", lambda *, test: ["chromium", "postgresql"] if test else [])
    monkeypatch.setattr(preparing.os, "geteuid", lambda: 1000)
    preparing.system_packages(test=False)
    with pytest.raises(steps.StepFailed, match=r"as root:\n    apt-get update && apt-get install -y .* chromium postgresql"):
        preparing.system_packages(test=True)


def test_a_failing_program_leaves_all_it_said_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "ROOT", tmp_path)
    monkeypatch.setattr(steps, "BUILD", tmp_path / "build")
    monkeypatch.setattr(steps, "LOG", tmp_path / "build" / "dev.log")
    with pytest.raises(steps.StepFailed, match=r"could not bake\. It said: no oven \(All it said: build/dev\.log\)"):
        steps.run(sys.executable, "-c", "print('flour'); raise SystemExit('no oven')", goal="bake")
    assert "flour" in (tmp_path / "build" / "dev.log").read_text()


def test_front_end_files_are_fetched_again_when_one_is_altered_or_the_lock_moves(tmp_path: Path) -> None:
    assert preparing.fetched(VENDOR, VENDOR_FILES)
    shutil.copytree(VENDOR, tmp_path, dirs_exist_ok=True)
    assert preparing.fetched(tmp_path, VENDOR_FILES)
    manifest = (tmp_path / "manifest.json").read_text()
    (tmp_path / "manifest.json").write_text(manifest.replace('"version": "', '"version": "0.'))
    assert not preparing.fetched(tmp_path, VENDOR_FILES)
    (tmp_path / "manifest.json").write_text(manifest)
    with (tmp_path / "htmx.min.js").open("a") as file:
        file.write("//")
    assert not preparing.fetched(tmp_path, VENDOR_FILES)


def test_an_environment_from_another_folder_is_not_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert preparing.venv_is_whole()
    monkeypatch.setattr(preparing, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(preparing, "BIN", tmp_path / ".venv" / "bin")
    assert not preparing.venv_is_whole()
    preparing.make_venv()
    assert preparing.venv_is_whole()
    (tmp_path / ".venv").rename(tmp_path / "moved")
    monkeypatch.setattr(preparing, "VENV", tmp_path / "moved")
    monkeypatch.setattr(preparing, "BIN", tmp_path / "moved" / "bin")
    assert not preparing.venv_is_whole()


def test_every_fetched_list_is_locked_with_digests() -> None:
    for name in ("requirements", "requirements-dev", "requirements-uv", "requirements-node"):
        text = (ROOT / f"{name}.txt").read_text("utf-8")
        pins = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
        assert pins
        assert all("==" in line for line in pins)
        assert text.count("==") <= text.count("--hash=sha256:")
        assert "://" not in text
    locked = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    assert all(entry["integrity"].startswith("sha512-") and "resolved" not in entry for name, entry in locked.items() if name)
