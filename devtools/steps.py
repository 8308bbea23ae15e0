"""Steps as a person sees them: named, timed, done once for the same inputs; one that fails says what to do."""

import hashlib
import os
import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
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
