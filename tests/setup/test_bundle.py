"""A site without a network: bundle this folder, install it where there is no route to anywhere, fetch pages there."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from devtools.steps import ROOT

pytestmark = [pytest.mark.full, pytest.mark.xdist_group("bundle")]

PYTHON = f"{sys.base_prefix}/bin/python{sys.version_info[0]}.{sys.version_info[1]}"


def without_network() -> list[str]:
    """The words that start a program in a network namespace of its own; fails where none can be made."""
    words = ["unshare", "-n"] if os.geteuid() == 0 else ["unshare", "-rn"]
    try:
        done = subprocess.run([*words, "true"], capture_output=True, text=True)
        refusal = done.stderr.strip() if done.returncode else ""
    except FileNotFoundError:
        refusal = "there is no program unshare (Debian package util-linux)"
    if refusal:
        pytest.fail(
            f"this machine makes no network namespace ({' '.join(words)}: {refusal}), so that a bundle works without a network is not "
            "proven here. Run the tests as root, or allow it: sysctl kernel.unprivileged_userns_clone=1"
        )
    return words


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`dev.py bundle` of this folder as it stands."""
    out = tmp_path_factory.mktemp("carried") / "bundle"
    done = subprocess.run([PYTHON, "dev.py", "bundle", "--out", str(out)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return out


@pytest.fixture(scope="module")
def seen(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What was found in the namespace."""
    script = Path(__file__).with_name("without_network.py")
    words = [*without_network(), PYTHON, str(script), str(bundle / "one-board"), str(tmp_path_factory.mktemp("home"))]
    done = subprocess.run(words, cwd="/", capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout)
    print({name: found[name] for name in ("cold", "warm")})
    return found


def test_the_bundle_holds_all_and_says_what_to_type(bundle: Path) -> None:
    assert subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=bundle).returncode == 0
    pins = re.findall(r"^([\w.-]+)==", (ROOT / "requirements.txt").read_text("utf-8"), re.M)
    wheels = {path.name.split("-")[0].lower().replace(".", "_") for path in (bundle / "wheels").iterdir()}
    assert {pin.lower().replace("-", "_").replace(".", "_") for pin in pins} == wheels
    assert all(path.suffix == ".whl" for path in (bundle / "wheels").iterdir())
    packages = (bundle / "debian-packages.txt").read_text("utf-8")
    assert re.search(r"^python3 \S+", packages)
    assert "apt-get install -y --no-install-recommends python3" in packages
    assert "python3 dev.py run --offline .." in (bundle / "INSTALL.txt").read_text("utf-8")


def test_the_bundle_carries_nothing_of_this_machine(bundle: Path) -> None:
    project = bundle / "one-board"
    assert not [name for name in (".git", ".venv", "instance", "build", "node_modules") if (project / name).exists()]
    assert (project / "crm/translations/en/LC_MESSAGES/messages.mo").exists()
    for path in bundle.rglob("*"):
        if path.suffix in (".txt", ".json", ".py", ".md", "") and path.is_file():
            assert str(ROOT).encode() + b"/" not in path.read_bytes(), path


def test_it_runs_where_there_is_no_route(seen: dict[str, Any]) -> None:
    assert seen["way out"] is False
    assets = seen["look"]["assets"]
    assert {"/static/vendor/tabler.min.css", "/static/vendor/htmx.min.js"} <= {link.split("?")[0] for link in assets}
    assert all(assets.values())
    assert [link for link in assets if "/static/css/" in link]


def test_both_languages_came_along(seen: dict[str, Any]) -> None:
    assert 'lang="zh-CN"' in seen["look"]["page"]
    assert "登录" in seen["look"]["page"]
    assert 'lang="en"' in seen["look"]["english"]
    assert "Sign in" in seen["look"]["english"]


@pytest.mark.parametrize("way", ["terminated", "interrupted"])
def test_it_stops_whole(seen: dict[str, Any], way: str) -> None:
    assert (seen[way]["code"], seen[way]["left"]) == (0, [])
    assert "Traceback" not in seen[way]["said"]
    assert seen[way]["seconds"] < 20


def test_the_second_start_does_none_of_the_first_one_s_work(seen: dict[str, Any]) -> None:
    """Against each other, for both ran here in one run; seconds of a quiet machine are in docs/figures.md (`dev.py bench start`)."""
    assert seen["warm"] < seen["cold"] / 3
