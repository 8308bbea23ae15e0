"""What a pdf says, and whether the type in it comes along."""

from io import BytesIO

from pypdf import PdfReader
from pypdf.generic import DictionaryObject


def opened(content: bytes) -> PdfReader:
    assert content.startswith(b"%PDF-")
    return PdfReader(BytesIO(content))


def said(content: bytes) -> str:
    """All text of it, without blanks: type is set with thin ones between scripts, and lines end anywhere."""
    return "".join("".join(page.extract_text() for page in opened(content).pages).split())


def pages(content: bytes) -> int:
    return len(opened(content).pages)


def fonts(content: bytes) -> dict[str, bool]:
    """The fonts by name, each with whether it is embedded."""
    found: dict[str, bool] = {}
    for page in opened(content).pages:
        held = page["/Resources"].get_object()["/Font"].get_object()  # type: ignore[index]
        for font in held.values():
            part = font.get_object()["/DescendantFonts"][0].get_object()
            about: DictionaryObject = part["/FontDescriptor"].get_object()
            found[str(about["/FontName"]).partition("+")[2]] = any(key in about for key in ("/FontFile2", "/FontFile3"))
    return found
