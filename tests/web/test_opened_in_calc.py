"""Every workbook that a person can take says in LibreOffice Calc what was written into it, cell by cell."""

from io import BytesIO

import openpyxl
import pytest

from tests.office import converted
from tests.pages import PageClient
from tests.web.test_canaries_taken_out import city  # noqa: F401 - a fixture
from tests.web.world import table

pytestmark = pytest.mark.only_on("sqlite")
EVERY_SHEET = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"


def _books(browser, city):  # noqa: F811
    """Each workbook by a short name."""
    for name, path in {
        "edition": f"/batches/editions/{city.edition}/edition.xlsx", "week": f"/returns/weeks/{city.monday}/week.xlsx",
        "districts": "/reports/districts.xlsx", "list": "/leads/export.xlsx?stage=all&scope=city",
        "conflicts": "/go-live/conflicts.xlsx",
    }.items():  # fmt: skip
        yield name, browser.get(path, ceiling=200).response.get_data()
    page = browser.get("/fillings/").submit("/fillings/", {"file": (BytesIO(table()), "all.xlsx")}).follow()
    done = page.submit("/fill", {"which": "city"}, ceiling=120).follow()
    yield "filled", browser.get(f"{done.path}/result.xlsx").response.get_data()


def test_what_is_written_is_shown(app, city, tmp_path):  # noqa: F811
    browser = PageClient(app)
    browser.sign_in("coordinator")
    written = {}
    for name, content in _books(browser, city):
        (tmp_path / f"{name}.xlsx").write_bytes(content)
        cells = (cell for sheet in openpyxl.load_workbook(BytesIO(content)) for row in sheet.iter_rows() for cell in row)
        written[name] = [cell.value for cell in cells if isinstance(cell.value, str)]
    shown = dict.fromkeys(written, "")
    for file, path in converted(tmp_path, sorted(tmp_path.glob("*.xlsx")), EVERY_SHEET).items():
        shown[file.split("-")[0].removesuffix(".csv")] += path.read_text("utf-8").replace('""', '"')
    for name, texts in written.items():
        assert len(texts) >= 4, f"{name} is empty"
        missing = [text for text in texts if text.replace("\r\n", "\n") not in shown[name]]
        assert not missing, f"{name}: {missing[:5]}"
        assert not any(sign in shown[name] for sign in ("Err:5", "#NAME?", "#REF!", "#VALUE!")), name
