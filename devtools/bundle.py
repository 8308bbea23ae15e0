"""A site without a network: everything that it needs, in one folder."""

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from devtools.preparing import set_up
from devtools.steps import BIN, REQUIREMENTS, ROOT, STAYS, StepFailed, digest_of, run, say, timed

INSTALL = """One Board · 一盘棋, for a site without a network (made {made}; Python {python} on {machine})

1. 校验 Check that all arrived:        sha256sum -c --quiet SHA256SUMS
2. 系统 The system needs Debian 12 with python3 {python}; debian-packages.txt lists what else may be wanted. On a machine with a
   network, this fetches the .deb files, and `dpkg -i debs/*.deb` installs them here:
       mkdir -p debs/partial && apt-get update && apt-get install -y --download-only -o Dir::Cache::archives="$PWD/debs" NAMES
3. 运行 Start (demo data; --empty for none):
       cd one-board && python3 dev.py run --offline ..
   Later starts: python3 dev.py run
4. 正式使用 For daily use see one-board/README.md: Settings, PostgreSQL, `flask check-deploy`.
"""
# name -> what a site wants it for
SITE_PACKAGES = {"python3": "needed", "postgresql": "when the database is PostgreSQL", "openssl": "for a certificate of your own"}


def command_bundle(options: argparse.Namespace) -> int:
    """Everything for a site without a network, in one folder: project, wheels, front-end files, list of Debian packages."""
    out = Path(options.out).resolve()
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise StepFailed(f"{out} is not empty. Name a new folder with --out, or remove that one first")
    set_up()
    out.mkdir(parents=True, exist_ok=True)
    timed("wheels", lambda: bundle_wheels(out))
    timed("project", lambda: bundle_project(out))
    facts = {"python": python_version(), "machine": platform.machine(), "made": time.strftime("%Y-%m-%d")}
    (out / "bundle.json").write_text(json.dumps(facts) + "\n", "utf-8")
    (out / "INSTALL.txt").write_text(INSTALL.format(**facts), "utf-8")
    lines = [f"{name} {debian_version(name)}    # {why}" for name, why in SITE_PACKAGES.items()]
    install = f"# to type, as root: apt-get install -y --no-install-recommends {' '.join(SITE_PACKAGES)}"
    (out / "debian-packages.txt").write_text("\n".join([*lines, install, ""]), "utf-8")
    files = sorted(path for path in out.rglob("*") if path.is_file())
    sums = "".join(f"{digest_of(path)}  {path.relative_to(out)}\n" for path in files)
    (out / "SHA256SUMS").write_text(sums, "utf-8")
    size = sum(path.stat().st_size for path in files) / 1e6
    say(f"bundle: {out} ({len(files)} files, {size:.0f} MB). Carry it over whole; INSTALL.txt says how to go on")
    return 0


def bundle_wheels(out: Path) -> None:
    """Wheels of all packages (built here where the registry has only source), a list with their digests, and pip itself."""
    words = [BIN / "python", "-m", "pip", "wheel", "-q", "--require-hashes", "-r", REQUIREMENTS, "-w", out / "wheels"]
    run(*words, goal="fetch and build the wheels", fetches=True)
    lines = []
    for wheel in sorted((out / "wheels").glob("*.whl")):
        name, version = wheel.name.split("-")[:2]
        lines.append(f"{name}=={version} --hash=sha256:{digest_of(wheel)}\n")
    (out / "wheels.txt").write_text("".join(lines), "utf-8")
    import ensurepip  # not everywhere, but where a virtual environment was made

    places = (Path(ensurepip.__file__).parent / "_bundled", Path("/usr/share/python-wheels"))
    found = [path for place in places for path in place.glob("pip-*.whl")]
    (out / "pip").mkdir()
    shutil.copy(found[0], out / "pip")


def bundle_project(out: Path) -> None:
    """The project as it stands in this folder, with front-end files and compiled translations; nothing is asked of git."""
    for folder, below, names in os.walk(ROOT):
        here = Path(folder)
        below[:] = [name for name in below if name not in STAYS and not name.startswith(".") and here / name != out]
        target = out / "one-board" / here.relative_to(ROOT)
        target.mkdir(parents=True, exist_ok=True)
        for name in names:
            shutil.copy(here / name, target / name)


def python_version() -> str:
    """Of the Python that wheels are made for, to the second number."""
    return ".".join(map(str, sys.version_info[:2]))


def debian_version(package: str) -> str:
    """The version that Debian offers here, `any` where nobody knows."""
    if shutil.which("apt-cache") is None:
        return "any"
    done = subprocess.run(["apt-cache", "policy", package], capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"})
    found = re.search(r"Candidate: (\d\S*)", done.stdout)
    return found[1] if found else "any"


def opened_bundle(folder: Path) -> Path:
    """The bundle that someone carried here, if it is one and fits this machine."""
    try:
        facts = json.loads((folder / "bundle.json").read_text("utf-8"))
    except (OSError, ValueError):
        raise StepFailed(
            f"{folder} has no bundle.json, so it is no bundle. In a bundle's one-board: dev.py run --offline .."
        ) from None
    have = (python_version(), platform.machine())
    if (facts["python"], facts["machine"]) != have:
        wanted = f"Python {facts['python']} on {facts['machine']}"
        raise StepFailed(f"the bundle is for {wanted}, this is Python {have[0]} on {have[1]}. Start dev.py with that Python, "
                         "or make the bundle on a machine like this one")  # fmt: skip
    return folder.resolve()
