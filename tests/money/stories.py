"""What the tests of money do again and again."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import xlsxwriter
from stdnum.cn import uscc

from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.money import Money
from crm.core.workbooks.reading import read_sheets
from crm.files import services as files
from crm.leads.models import Lead
from crm.money import services
from crm.money.models import Receipt, UtilisedImport
from crm.money.rules import NewReceipt, ReceiptKind
from crm.money.rules.official import Judged, judge
from crm.money.services import Proof
from crm.sharing.models import LeadSeal
from tests import databases
from tests.builders import actor

PAPER = Proof("入账单.txt", "银行入账单".encode())


def code(number: int) -> str:
    """An invented credit code with its check digit."""
    body = f"91440300MA5{number:06d}"
    return body + uscc.calc_check_digit(body)


def root() -> str:
    return str(databases.current_app().config["FILES_PATH"])


def received(
    lead: Lead, amount: Any = 1_000_000, currency: str = "USD", *, on: date | None = None, proof: Proof = PAPER, by: str = "officer.nanshan",
    checked: str = "", **more: Any,
) -> Receipt:  # fmt: skip
    """An arrival of a lead, entered by its officer, with proof."""
    money = amount if isinstance(amount, Money) else Money.of(amount, currency)
    new = NewReceipt(money, on or clock.today(), **({"kind": ReceiptKind.CASH} | more))
    with unit_of_work():
        return services.add_receipt(lead.public_id, new, proof, checked=checked, root=root(), actor=actor(by), now=clock.now())


def corrected(
    row: Receipt, amount: Any | None, *, reason: str = "typing slip", proof: Proof = PAPER, by: str = "officer.nanshan", checked: str = ""
) -> Receipt:  # fmt: skip
    """Another line in its place; without an amount it is taken back."""
    new = None if amount is None else NewReceipt(Money.of(amount, "USD"), row.received_on)
    with unit_of_work():
        return services.correct_receipt(
            row.public_id, new, proof, reason, checked=checked, root=root(), actor=actor(by), now=clock.now()
        )


def workbook(
    rows: list[list[Any]], *, title: str = "2026年5月实际使用外资情况表（单位：万美元）", heading: list[str] | None = None
) -> bytes:
    """A table as an office sends it: a merged title, a note, the heading, rows, a total, a signature."""
    heading = heading or ["序号", "统一社会信用代码", "企业名称", "实际使用外资\n（万美元）"]
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    page = book.add_worksheet("Sheet1")
    page.merge_range(0, 0, 0, len(heading) - 1, title)
    page.write_string(1, 0, "填报单位：某区商务局")
    page.write_row(2, 0, heading)
    for number, row in enumerate(rows, start=3):
        for column, value in enumerate(row):
            if isinstance(value, str) and value.startswith("="):
                page.write_formula(number, column, value)
            elif value is not None:
                page.write(number, column, value)
    page.write_string(len(rows) + 3, 1, "合计")
    page.write_number(len(rows) + 3, len(heading) - 1, 1.0)
    page.write_string(len(rows) + 4, 0, "制表人：某某")
    book.close()
    return buffer.getvalue()


def judged(content: bytes, month: date | None = None, *, today: date | None = None) -> Judged:
    return judge(read_sheets(content, "xlsx"), month, today=today or clock.today())


def official(
    rows: list[list[Any]], *, applied: bool = True, month: date | None = None, name: str = "table.xlsx", **how: Any
) -> UtilisedImport:
    """An official table taken in by the coordinator, and counted."""
    content = workbook([[n, *row] for n, row in enumerate(rows, 1)], **how)
    found, who, now = judged(content, month), actor("coordinator"), clock.now()
    with unit_of_work():
        stored = files.store_file(content, name, purpose="import", root=root(), actor=who, now=now)
        batch = services.take_table(stored, found, actor=who, now=now)
    if applied:
        apply(batch)
    return batch


def apply(batch: UtilisedImport) -> None:
    with unit_of_work():
        services.apply_table(batch.public_id, actor=actor("coordinator"), now=clock.now())


def undo(batch: UtilisedImport) -> None:
    with unit_of_work():
        services.undo_table(batch.public_id, actor=actor("coordinator"), now=clock.now())


def fresh(row: Any) -> Any:
    """The row as it is stored."""
    db.session.expire_all()
    return db.session.get_one(type(row), row.id)


def sealed(lead: Lead, *, days: int = 9) -> None:
    """Give the lead a code name for some days, as it is once the coordinator has consented."""
    manager, city, now = actor("manager.nanshan"), actor("coordinator"), clock.now()
    with unit_of_work():
        db.session.add(LeadSeal(
            lead_id=lead.id, unit_id=lead.following_unit_id, code_name="代号甲", reason="x", until=clock.today() + timedelta(days=days),
            asked_by_id=manager.user_id, asked_at=now, consented_by_id=city.user_id, consented_at=now,
        ))  # fmt: skip
    db.session.expire_all()
