"""An edition's templates, for Word and for a pdf: which fields they may use, where the product's own lie."""

from pathlib import Path

from crm.core.typeset import Template
from crm.stationery.rules import Paper, register

FIELDS = frozenset({
    "title", "number", "period", "as_of", "office", "frozen", "serial", "notice", "mark", "notes", "basis", "overview", "heads",
    "groups", "watermark", "lang",
})  # fmt: skip
_DATA = Path(__file__).parents[1] / "data"
EDITION = register(Paper("edition", _DATA, FIELDS))
PRINTED = Template("edition.typ", _DATA / "edition.typ", FIELDS, tagged=False)
