"""How long a new user waits: a clean clone of what is committed, `dev.py run` until its sign-in page is there, and once more.

Beside it what two million additions cost on this machine at this time, for seconds alone say little of another.
"""

import json
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from devtools.steps import ROOT

PATIENCE = 600  # seconds; a machine without packages may have to fetch them from far away


def additions() -> float:
    """CPU seconds of two million additions."""
    begun, number = time.process_time(), 0
    while number < 2_000_000:
        number += 1
    return time.process_time() - begun


def free_port() -> int:
    """A port that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def started(folder: Path) -> dict[str, float]:
    """Seconds from typing the command to the sign-in page, and of the steps that said theirs; the board is stopped again."""
    port, begun = free_port(), time.monotonic()
    words = [f"{sys.base_prefix}/bin/python3", "dev.py", "run", "--port", str(port)]
    board = subprocess.Popen(words, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        while True:
            try:
                direct.open(f"http://127.0.0.1:{port}/account/sign-in", timeout=5).close()
                break
            except OSError:
                if board.poll() is not None or time.monotonic() - begun > PATIENCE:
                    raise SystemExit(f"no sign-in page; dev.py said:\n{board.communicate()[0]}") from None
                time.sleep(0.05)
        found = {"sign-in page": round(time.monotonic() - begun, 1)}
    finally:
        if board.poll() is None:
            board.send_signal(signal.SIGTERM)
    said = board.communicate(timeout=60)[0]
    return found | {step: float(seconds) for step, seconds in re.findall(r"^  (.+): ([\d.]+) s$", said, re.M)}


def main() -> None:
    """Print seconds of the first start and of the second."""
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "one-board"
        subprocess.run(["git", "clone", "-q", str(ROOT), str(folder)], check=True)
        found = {"first": started(folder), "second": started(folder), "two million additions": round(additions(), 3)}
    sys.stdout.write(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
