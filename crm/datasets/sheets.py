"""The files themselves: CSV that spreadsheets and programs read alike (UTF-8 with its mark), and the archive of all."""

import csv
import hashlib
import io
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

from crm.datasets.rules import cell

BOM = "\ufeff"


class CsvFile:
    """One CSV file as it grows."""

    def __init__(self, headings: Sequence[str]) -> None:
        self.text = io.StringIO(newline="")
        self.text.write(BOM)
        self.writer = csv.writer(self.text, lineterminator="\r\n")
        self.writer.writerow(headings)
        self.columns, self.rows = len(headings), 0

    def add(self, rows: Iterable[Sequence[Any]]) -> None:
        """More rows, each as wide as the heading."""
        for row in rows:
            if len(row) != self.columns:
                raise ValueError(f"{len(row)} values for {self.columns} columns")
            self.writer.writerow([cell(value) for value in row])
            self.rows += 1

    def content(self) -> bytes:
        """The file."""
        return self.text.getvalue().encode("utf-8")


def described(name: str, content: bytes, rows: int, columns: int) -> dict[str, Any]:
    """A file as the manifest names it."""
    return {"name": name, "rows": rows, "columns": columns, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def packed(files: dict[str, bytes]) -> bytes:
    """All files in one archive."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()
