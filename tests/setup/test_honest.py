"""What is left out fails the run, and a machine that lacks something is told so: shown by runs of tiny test files."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from devtools import preparing
from devtools.steps import ROOT
from tests.long import mostly_full
from tests.setup import honest

RUNS = "def test_runs():\n    assert True\n"
LEFT_OUT = {
    "skip": "import pytest\ndef test_one():\n    pytest.skip('no browser here')\n",
    "skipif": "import pytest\n@pytest.mark.skipif(True, reason='no browser here')\ndef test_one():\n    assert False\n",
    "file": "import pytest\npytest.skip('no browser here', allow_module_level=True)\n",
    "import": "import pytest\npytest.importorskip('no_such_browser')\n",
    "xfail": "import pytest\n@pytest.mark.xfail(reason='no browser here')\ndef test_one():\n    assert False\n",
    "xpass": "import pytest\n@pytest.mark.xfail(reason='no browser here')\ndef test_one():\n    assert True\n",
    "fixture": "import pytest\n@pytest.fixture\ndef it():\n    pytest.skip('no browser here')\ndef test_one(it):\n    assert False\n",
}


def tiny_run(folder: Path, text: str, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Pytest with the plugin alone, on one small file."""
    (folder / "pytest.ini").write_text("[pytest]\n")
    file = folder / "test_tiny.py"
    file.write_text(RUNS + text)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.setup.honest", "-p", "no:cacheprovider", "-p", "no:playwright"]
    command += ["-c", str(folder / "pytest.ini"), "--rootdir", str(folder), *words, str(file)]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **env}, capture_output=True, text=True)


@pytest.mark.parametrize("words", [(), pytest.param(("-n", "1"), marks=pytest.mark.full)], ids=["alone", "with workers"])
@pytest.mark.parametrize("kind", mostly_full(LEFT_OUT, "skip", "import"))
def test_what_is_left_out_fails_the_run(tmp_path: Path, kind: str, words: tuple[str, ...]) -> None:
    done = tiny_run(tmp_path, LEFT_OUT[kind], *words)
    assert done.returncode == 1, done.stdout
    assert "LEFT OUT test_tiny.py" in done.stdout
    assert "no browser here" in done.stdout or "no_such_browser" in done.stdout


def test_a_run_that_leaves_nothing_out_passes(tmp_path: Path) -> None:
    done = tiny_run(tmp_path, "")
    assert (done.returncode, "LEFT OUT" in done.stdout) == (0, False), done.stdout


def test_nothing_may_be_left_out() -> None:
    assert not honest.ALLOWED


def test_this_run_has_the_plugin(pytestconfig: pytest.Config) -> None:
    assert pytestconfig.pluginmanager.has_plugin("nothing-left-out") or hasattr(pytestconfig, "workerinput")


def test_a_machine_without_browser_and_fonts_is_told_what_to_type(tmp_path: Path) -> None:
    done = tiny_run(tmp_path, "", PATH=str(tmp_path))
    assert done.returncode == 2, done.stdout
    said = done.stdout + done.stderr
    assert "not on this machine: chromium-headless-shell, fonts-noto-cjk, fontconfig" in said
    assert "python3 dev.py test installs it" in said


def test_a_machine_without_database_server_or_axe_is_told_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert preparing.lacking_for_tests() == ""
    monkeypatch.setattr(preparing, "have_postgres", lambda: False)
    monkeypatch.setattr(preparing, "TEST_VENDOR", tmp_path)
    assert preparing.lacking_for_tests().startswith(
        "not on this machine: postgresql, axe.min.js from npm. python3 dev.py test installs it"
    )
