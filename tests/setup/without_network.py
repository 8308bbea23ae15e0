"""Run inside a network namespace without any route: install from a bundle, serve, look at pages, stop. Prints what it found as JSON.

`python3 without_network.py FOLDER HOME`: FOLDER is the bundle's one-board, HOME an empty folder. Needs nothing but Python.
"""

import fcntl
import http.cookiejar
import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

BOARD = "http://127.0.0.1:8000"
_browser = urllib.request.build_opener(
    urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
)


def loopback_up() -> None:
    """`ip link set lo up`, where iproute2 is not installed."""
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sH14x", b"lo", 1))  # SIOCSIFFLAGS, IFF_UP


def way_out() -> bool:
    """Whether anything beyond this machine can be reached: a route would have to be there."""
    with socket.socket() as probe:
        try:
            probe.settimeout(2)
            probe.connect(("198.51.100.1", 80))
        except OSError as error:
            return "unreachable" not in str(error)
    return True


def get(path: str, **form: str) -> str:
    """A page's text; raises for anything but success."""
    data = urllib.parse.urlencode(form).encode() if form else None
    with _browser.open(BOARD + path, data, timeout=20) as answer:
        return str(answer.read().decode("utf-8"))


def serve(folder: str, home: str, *words: str) -> "tuple[subprocess.Popen[str], float]":
    """`dev.py run` in an environment with nothing of this machine's settings; how many seconds until it answered."""
    env = {"PATH": "/usr/bin:/bin", "HOME": home}
    begun = time.monotonic()
    board = subprocess.Popen([sys.executable, "dev.py", "run", *words], cwd=folder, env=env, text=True, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT)  # fmt: skip
    while board.poll() is None and time.monotonic() - begun < 240:
        try:
            get("/healthz")
            break
        except OSError:
            time.sleep(0.1)
    else:
        board.kill()
        raise SystemExit(f"dev.py run did not answer; it said:\n{board.stdout.read() if board.stdout else ''}")
    return board, time.monotonic() - begun


def processes_of(folder: str) -> "list[str]":
    """Command lines of processes that work in the folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if os.readlink(entry / "cwd") == folder:
                found.append((entry / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found


def end(board: "subprocess.Popen[str]", number: int, folder: str) -> "dict[str, object]":
    """Stop it by a signal; how it ended and what stayed."""
    begun = time.monotonic()
    board.send_signal(number)
    said = board.communicate(timeout=60)[0]
    return {"code": board.returncode, "seconds": round(time.monotonic() - begun, 1), "left": processes_of(folder), "said": said}


def look() -> "dict[str, object]":
    """The sign-in page, all it links, and the same page in English."""
    page = get("/account/sign-in")
    assets = {link: len(get(link)) for link in re.findall(r'(?:href|src)="(/static/[^"#]+)', page)}
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    action = re.search(r'action="([^"]*/language/en)"', page)
    english = get(action[1], csrf_token=token[1]) if action and token else ""
    return {"page": page, "assets": assets, "english": english}


def main() -> None:
    """Install and start, look, SIGTERM; start again from what is there, Ctrl-C."""
    folder, home = os.path.realpath(sys.argv[1]), sys.argv[2]
    loopback_up()
    found: dict[str, object] = {"way out": way_out()}
    board, found["cold"] = serve(folder, home, "--offline", "..")
    found["look"] = look()
    found["terminated"] = end(board, signal.SIGTERM, folder)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # as a script does to what it starts with "&"; Ctrl-C must end that too
    board, found["warm"] = serve(folder, home)
    found["interrupted"] = end(board, signal.SIGINT, folder)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
