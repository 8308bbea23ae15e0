"""Which files may come in: by content, size and what is packed inside. Nothing is unpacked to find out."""

import codecs
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath

from crm.core.errors import Refusal
from crm.core.text import clean

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED = 300 * 1024 * 1024
MAX_RATIO = 120
MAX_ENTRIES = 5000
MAX_PIXELS = 60_000_000


class FileRefused(Refusal):
    """The file cannot be taken; `code` says why, `facts["name"]` which one."""

    code = "file_type"


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that may be stored: its cleaned name and its kind by content."""

    name: str
    kind: str


CONTENT_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "webp": "image/webp",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "csv": "text/csv; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "zip": "application/zip",  # of our own making only: no upload may be one
}
_ENDINGS = {"jpeg": "jpg"}
_NOT_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_OFFICE = {"xl/": "xlsx", "word/": "docx", "ppt/": "pptx"}


def check_file(name: str, content: bytes) -> Checked:
    """The file's cleaned name and kind. Raises FileRefused: empty, too large, wrong ending, macros, packed too densely."""
    name = safe_name(name)
    if not content:
        raise FileRefused("file_empty", name=name)
    if len(content) > MAX_BYTES:
        raise FileRefused("file_too_large", name=name, megabytes=MAX_BYTES // 1024 // 1024)
    ending = PurePosixPath(name).suffix.lower().lstrip(".")
    try:
        kind = kind_of(name, content)
    except FileRefused as refusal:
        # "not among xlsx, csv …" said of a file called .xlsx helps nobody: it is its content that is something else.
        if refusal.code == "file_type" and _ENDINGS.get(ending, ending) in CONTENT_TYPES.keys() - {"zip"}:
            raise FileRefused("file_ending", name=name) from None
        raise
    if _ENDINGS.get(ending, ending) != kind:
        raise FileRefused("file_ending", name=name)
    if kind in ("png", "jpg", "webp") and pixels(kind, content) > MAX_PIXELS:
        raise FileRefused("file_too_many_pixels", name=name)
    return Checked(name, kind)


def kind_of(name: str, content: bytes) -> str:
    """What the bytes are, by their signature; FileRefused for anything not on the list."""
    if content.startswith(b"%PDF-"):
        return "pdf"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    if content.startswith(b"PK\x03\x04"):
        return _office_kind(name, content)
    ending = PurePosixPath(name).suffix.lower()
    if ending in (".csv", ".txt") and _is_text(content):
        return ending[1:]
    raise FileRefused("file_type", name=name)


def _is_text(content: bytes) -> bool:
    """Whether the beginning reads as text of any encoding, and not as markup; single broken signs are for the reader to find."""
    start = content[:8192]
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        start = start.decode("utf-16", "replace").encode()
    return _NOT_TEXT.search(start) is None and not start.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"<")


def _office_kind(name: str, content: bytes) -> str:
    check_archive(name, content)
    with zipfile.ZipFile(BytesIO(content)) as archive:
        names = archive.namelist()
    if "[Content_Types].xml" not in names:
        raise FileRefused("file_type", name=name)
    if any("vbaproject" in entry.lower() for entry in names):
        raise FileRefused("file_macros", name=name)
    for prefix, kind in _OFFICE.items():
        if any(entry.startswith(prefix) for entry in names):
            return kind
    raise FileRefused("file_type", name=name)


def check_archive(name: str, content: bytes) -> None:
    """Look at a zip's directory only: how much it says it unpacks to, from how little (M14). Raises FileRefused."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise FileRefused("file_broken", name=name) from error
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED:
        raise FileRefused("file_bomb", name=name)
    if any(e.file_size > 1_000_000 and e.file_size > MAX_RATIO * max(e.compress_size, 1) for e in entries):
        raise FileRefused("file_bomb", name=name)
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise FileRefused("file_encrypted", name=name)


def safe_name(name: str) -> str:
    """A file name for people: no path, no invisible or reserved signs, at most 120 characters with its ending kept."""
    name = clean(unicodedata.normalize("NFKC", name)).replace("\\", "/").rsplit("/", 1)[-1]
    name = re.sub(r'[<>:"|?*\x00-\x1f]', "_", name).strip(". ") or "file"
    stem, dot, ending = name.rpartition(".")
    if not dot:
        return name[:120]
    return f"{stem[: 119 - len(ending)]}.{ending}" if len(ending) <= 10 else name[:120]


def pixels(kind: str, content: bytes) -> int:
    """Width times height as the header says, without decoding; 0 when the header cannot be read."""
    if kind == "png" and len(content) >= 24:
        return int.from_bytes(content[16:20], "big") * int.from_bytes(content[20:24], "big")
    if kind == "jpg":
        return _jpeg_pixels(content)
    return 0


def _jpeg_pixels(content: bytes) -> int:
    at = 2
    while at + 9 < len(content) and content[at] == 0xFF:
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return int.from_bytes(content[at + 5 : at + 7], "big") * int.from_bytes(content[at + 7 : at + 9], "big")
        at += 2 + length
    return 0
