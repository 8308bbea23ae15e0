#!/usr/bin/env python3
"""One Board's workshop: `python3 dev.py run` serves the board, `python3 dev.py test` proves it. Needs nothing but Python 3.11.

Commands: run, test, check, bench NAME, prove NAME, screenshots, bundle, lock. Each prepares what it needs first; a step is done
again only when what it depends on has changed. A step that fails says what to do and ends with code 2.
"""

import argparse
import contextlib
import errno
import io
import os
import platform
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

PYTHON = (3, 11)
if sys.version_info < PYTHON:  # before anything that an older Python cannot read
    print(f"stopped: this is Python {platform.python_version()}; One Board needs 3.11 or newer. Debian 12 has it: type\n"
          "    apt-get install python3\nand start dev.py with that python3 (python3.11 dev.py …).")  # fmt: skip
    sys.exit(2)

from devtools.bundle import command_bundle, opened_bundle
from devtools.preparing import set_up
from devtools.steps import BIN, BUILD, ROOT, SIGNS, Ended, StepFailed, environment, run, say, timed

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
            with told_after():
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


@contextlib.contextmanager
def told_after() -> Iterator[None]:
    """What ends us waits for the block: a process that was started, but is not yet among those we stop, would stay behind."""
    told: list[tuple[int, FrameType | None]] = []
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    acting = {number: act for number, act in before.items() if callable(act)}  # what is ignored stays so
    for caught in acting:
        signal.signal(caught, lambda *what: told.append(what))
    try:
        yield
    finally:
        for caught, act in acting.items():
            signal.signal(caught, act)
    for number, frame in told:
        acting[signal.Signals(number)](number, frame)


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
    trusted = os.environ.get("TRUSTED_HOSTS", "").split(",")[0].strip().lstrip(".")
    asked = urllib.request.Request(url, headers={"Host": trusted} if trusted else {})  # noqa: S310 - by a name it answers to
    for _try in range(600):
        if ended(children):
            raise StepFailed(f"the {ended(children)} process ended at once; its last lines stand above")
        with contextlib.suppress(OSError), direct.open(asked, timeout=2) as answer:
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
    children: list[subprocess.Popen[bytes]] = []
    try:
        with told_after():
            children.append(subprocess.Popen([str(word) for word in command], cwd=ROOT, env=environment()))
        return children[0].wait()
    except Ended:
        for child in children:
            child.send_signal(signal.SIGINT)
    except KeyboardInterrupt:
        pass  # the terminal told it already
    for child in children:
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
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a script's "&" leaves it ignored, for those we hand over to too
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup asks to outlive its terminal
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
