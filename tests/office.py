"""LibreOffice, as an office opens what the product hands out: without a window, with a profile of its own."""

import subprocess
from collections.abc import Iterable
from pathlib import Path


def converted(folder: Path, files: Iterable[Path], form: str) -> dict[str, Path]:
    """Files in another form ("pdf", or a csv with its options), by the name of the result; they lie in `folder` afterwards.
    CalledProcessError when the program cannot read one, TimeoutExpired after four minutes.
    """
    out = folder / "converted"
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{folder}/office", "--headless", "--convert-to", form, "--outdir", str(out),
         *map(str, files)], check=True, capture_output=True, timeout=240,
    )  # fmt: skip
    return {path.name: path for path in out.iterdir()}
