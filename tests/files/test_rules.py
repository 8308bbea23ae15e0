"""Which files may come in: by what they are, not by what they are called."""

import io
import random
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.files.rules import MAX_BYTES, FileRefused, check_file, safe_name
from tests.web.world import PNG

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF"
JPG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xc0\x00\x11\x08\x00\x10\x00\x10\x03\xff\xd9"
WEBP = b"RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00"


def packed(**entries: bytes) -> bytes:
    """A zip with these entries; `__` in a name stands for a slash."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("__", "/"), content)
    return buffer.getvalue()


def office(prefix: str, **more: bytes) -> bytes:
    return packed(**{"[Content_Types].xml": b"<Types/>", f"{prefix}/document.xml": b"<x/>"} | more)


def workbook() -> bytes:
    buffer = io.BytesIO()
    book = openpyxl.Workbook()
    book.active.append(["项目名称", "投资方"])
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(("name", "content", "kind"), [
    ("photo.png", PNG, "png"), ("photo.PNG", PNG, "png"), ("scan.jpg", JPG, "jpg"), ("scan.jpeg", JPG, "jpg"), ("a.webp", WEBP, "webp"),
    ("minutes.pdf", PDF, "pdf"), ("会议纪要.docx", office("word"), "docx"), ("deck.pptx", office("ppt"), "pptx"),
    ("leads.xlsx", workbook(), "xlsx"), ("list.csv", "项目,投资方\n一,二\n".encode(), "csv"),
    ("list.csv", "项目,投资方\n一,二\n".encode("gb18030"), "csv"), ("list.csv", "项目,投资方\n".encode("utf-16"), "csv"),
    ("note.txt", "﻿会议纪要\t第一项\r\n".encode(), "txt"),
])  # fmt: skip
def test_what_is_taken(name, content, kind):
    checked = check_file(name, content)
    assert (checked.name, checked.kind) == (name, kind)


_DICE = random.Random(7)
_EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + _DICE.randbytes(400)


@pytest.mark.parametrize(("name", "content", "code"), [
    ("empty.pdf", b"", "file_empty"),
    ("huge.pdf", PDF + b"\x00" * MAX_BYTES, "file_too_large"),
    ("setup.exe", _EXE, "file_type"),
    ("setup.pdf", _EXE, "file_ending"),
    ("setup.csv", _EXE, "file_ending"),
    ("noise.csv", bytes(_DICE.randrange(1, 256) for _ in range(500)), "file_ending"),
    ("tool", b"\x7fELF\x02\x01\x01\x00", "file_type"),
    ("run.sh", b"#!/bin/sh\nrm -rf /\n", "file_type"),
    ("page.html", b"<!doctype html><script>alert(1)</script>", "file_type"),
    ("page.txt", b" \n<!doctype html><script>alert(1)</script>", "file_ending"),
    ("page.csv", b"\xef\xbb\xbf<html><script>alert(1)</script>", "file_ending"),
    ("page.txt", "<html><script>alert(1)</script>".encode("utf-16"), "file_ending"),
    ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "file_type"),
    ("drawing.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "file_ending"),
    ("animation.gif", b"GIF89a\x01\x00\x01\x00", "file_type"),
    ("photo.pdf", PNG, "file_ending"),
    ("minutes.png", PDF, "file_ending"),
    ("minutes.pdf.exe", PDF, "file_ending"),
    ("minutes", PDF, "file_ending"),
    ("letter.docx", workbook(), "file_ending"),
    ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "file_type"),
    ("any.zip", packed(a=b"x"), "file_type"),
    ("any.xlsx", packed(a=b"x"), "file_ending"),
    ("any.docx", packed(**{"[Content_Types].xml": b"<Types/>", "other__a.xml": b"<x/>"}), "file_ending"),
    ("macro.xlsx", office("xl", xl__vbaProject=b"x"), "file_macros"),
    ("broken.xlsx", workbook()[:200], "file_broken"),
    ("bomb.docx", office("word", word__big=b"0" * 30_000_000), "file_bomb"),
    ("many.xlsx", office("xl", **{f"xl__{n}": b"" for n in range(5001)}), "file_bomb"),
    ("poster.png", PNG[:16] + (60_000).to_bytes(4, "big") * 2 + PNG[24:], "file_too_many_pixels"),
    ("poster.jpg", JPG.replace(b"\x08\x00\x10\x00\x10", b"\x08\xff\xff\xff\xff"), "file_too_many_pixels"),
])  # fmt: skip
def test_what_is_refused(name, content, code):
    with pytest.raises(FileRefused) as refused:
        check_file(name, content)
    assert refused.value.code == code
    assert refused.value.facts["name"] == name


def test_a_password_on_a_workbook_is_said():
    content = bytearray(workbook())
    for at in range(len(content) - 4):  # the flag of encryption, in every header
        if content[at : at + 4] == b"PK\x01\x02":
            content[at + 8] |= 1
    with pytest.raises(FileRefused) as refused:
        check_file("a.xlsx", bytes(content))
    assert refused.value.code == "file_encrypted"


@pytest.mark.parametrize(("name", "kept"), [
    ("../../etc/passwd", "passwd"), ("C:\\Users\\x\\minutes.pdf", "minutes.pdf"), ("a/b/纪要.pdf", "纪要.pdf"), ("..", "file"), ("", "file"),
    ("／etc／minutes.pdf", "minutes.pdf"), ("a\x00b\r\n.pdf", "ab .pdf"), ("fdp.\u202egnp.exe", "fdp.gnp.exe"), ('a"b<c>|?.pdf', "a_b_c___.pdf"),
    (" .hidden. ", "hidden"), ("x" * 300 + ".pdf", "x" * 116 + ".pdf"), ("ｍｉｎ．ｐｄｆ", "min.pdf"), ("a.b.c.pdf", "a.b.c.pdf"),
])  # fmt: skip
def test_a_name_is_only_a_name(name, kept):
    assert safe_name(name) == kept


@given(st.text(max_size=300))
def test_any_name_is_made_safe(name):
    safe = safe_name(name)
    assert 1 <= len(safe) <= 120
    assert not set(safe) & set('/\\<>:"|?*\x00\r\n')
    assert safe not in (".", "..")
    assert safe_name(safe) == safe
