"""Money of the demo: arrivals of what is signed, some without proof yet, one corrected; the official tables of this year's months and
the one of the year before.
"""

import random
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from stdnum.cn import uscc

from crm.accounts import queries as accounts
from crm.companies.models import CompanyIdentifier
from crm.companies.rules import Scheme
from crm.core import clock
from crm.core.db import db
from crm.core.money import Money
from crm.files import services as files
from crm.leads.models import Lead
from crm.leads.rules.lead import SIGNED_STAGES
from crm.money import services
from crm.money.models import Receipt
from crm.money.rules import NewReceipt, ReceiptKind, SlipsUnchecked
from crm.money.rules.official import Judged, OfficialRow, RefusedRow
from crm.pipeline.models import Milestone
from crm.pipeline.rules import Kind
from crm.policy.rules import Actor

LEADS = 24
SEED = 20260417
_KINDS = (
    ReceiptKind.CASH,
    ReceiptKind.CASH,
    ReceiptKind.CASH,
    ReceiptKind.REINVESTED,
    ReceiptKind.SHAREHOLDER_LOAN,
    ReceiptKind.KIND,
)
_PAYERS = (None, None, "HK", "SG", "KY")


def make_money(now: datetime, root: str) -> int:
    """By the services that make it. Call inside a unit of work; how many lines."""
    dice, city = random.Random(SEED), _actor("coordinator")  # noqa: S311 - invented data wants a seed
    funded = Milestone.kind == Kind.FIRST_FUNDS
    funded_on = select(func.min(Milestone.on_date)).where(Milestone.lead_id == Lead.id, funded).scalar_subquery()
    signed = (
        Lead.is_demo & Lead.stage.in_(sorted(SIGNED_STAGES)) & Lead.contracted_usd.is_not(None) & Lead.merged_into_id.is_(None)
    )
    query = select(Lead).where(signed, Lead.investor_id.is_not(None)).order_by(funded_on.is_(None), funded_on, Lead.id)
    leads = list(db.session.scalars(query.limit(LEADS)))
    count = 0
    for number, lead in enumerate(leads):
        count += _arrivals(lead, number, dice, city, root, now)
    _tables(leads, dice, city, root, now)
    return count


def _arrivals(lead: Lead, number: int, dice: random.Random, city: Actor, root: str, now: datetime) -> int:
    """From the day and with the sum of the milestone of first funds on, if there is one; else from the signing on."""
    first = _milestone(lead, Kind.FIRST_FUNDS)
    start = first or _milestone(lead, Kind.CONTRACT_SIGNED)
    today = clock.city_day(now)
    begin = start.on_date if start else clock.city_day(lead.registered_at)
    days = sorted(_later(begin, today, dice) for _more in range(dice.choice((1, 1, 2))))
    if first or not days:
        days.insert(0, min(begin, today - timedelta(days=1)))
    rows = []
    for tranche, day in enumerate(days):
        wan = max(int((lead.contracted_usd or 0) * dice.uniform(0.08, 0.22)) // 1_000_000, 20)
        money = Money.of(wan * 10_000, "USD") if tranche != 1 or number % 4 else Money.of(wan * 78_000, "HKD")
        if tranche == 0 and first and first.amount and first.currency:
            money = Money(first.amount, first.currency)
        kind = dice.choice(_KINDS) if tranche else ReceiptKind.CASH
        new = NewReceipt(money, day, kind, dice.choice(_PAYERS))
        bare = number % 6 == 5 and tranche == len(days) - 1
        proof = services.Proof() if bare else services.Proof(f"银行入账单-{day:%Y%m%d}.txt", _advice(lead, new).encode())
        rows.append(_enter(lead, new, proof, city, root, now))
    if number == 1:
        old = rows[-1]
        new = NewReceipt(Money(old.amount + 50_000_000, old.currency), old.received_on, ReceiptKind(old.kind))
        services.correct_receipt(
            old.public_id, new, services.Proof(public_id=old.file.public_id if old.file else ""), "银行补来手续费说明，按实际入账金额更正",
            checked=_doubt(lead, new, old, now), root=root, actor=city, now=now,
        )  # fmt: skip
    return len(rows)


def _milestone(lead: Lead, kind: Kind) -> Milestone | None:
    query = select(Milestone).where(Milestone.lead_id == lead.id, Milestone.kind == kind, Milestone.amount.is_not(None))
    return db.session.scalar(query.order_by(Milestone.id).limit(1))


def _later(begin: date, today: date, dice: random.Random) -> date:
    """A day after `begin`, of this year's months that are over where that is possible: the official tables are about these."""
    last = max(today.replace(day=1) - timedelta(days=1), begin)
    since = min(max(begin + timedelta(days=8), date(last.year, 1, 4)), last)
    return since + timedelta(days=dice.randint(0, (last - since).days))


def _enter(lead: Lead, new: NewReceipt, proof: services.Proof, actor: Actor, root: str, now: datetime) -> Receipt:
    return services.add_receipt(lead.public_id, new, proof, checked=_doubt(lead, new, None, now), root=root, actor=actor, now=now)


def _doubt(lead: Lead, new: NewReceipt, old: Receipt | None, now: datetime) -> str:
    """What a person would tick: invented sums may look like slips."""
    try:
        services.weigh(lead, new, "", old, now=now)
    except SlipsUnchecked as doubt:
        return str(doubt.facts["signature"])
    return ""


def _advice(lead: Lead, new: NewReceipt) -> str:
    return f"示例入账单（虚构）\n项目：{lead.number}\n日期：{new.received_on.isoformat()}\n金额：{new.money.major} {new.money.currency}\n"


def _tables(leads: list[Lead], dice: random.Random, city: Actor, root: str, now: datetime) -> None:
    """This year's months (two at least): most companies as the ledger says, some more, some less, one that the board does not know."""
    today = clock.city_day(now)
    for lead_number, lead in enumerate(leads):
        db.session.add(CompanyIdentifier(
            company_id=lead.investor_id, scheme=Scheme.USCC, value=code_of(lead_number), added_by_id=city.user_id, added_at=now
        ))  # fmt: skip
    db.session.flush()
    months = [months_back(today, back) for back in range(max(today.month - 1, 2), 0, -1)]
    by_month: list[list[OfficialRow]] = []
    for month in months:
        rows: list[OfficialRow] = []
        for number, lead in enumerate(leads):
            query = select(Receipt.usd).where(Receipt.lead_id == lead.id, Receipt.month == month, Receipt.file_id.is_not(None))
            usd = sum(db.session.scalars(query))
            if usd and number % 5 == 3:
                usd = usd * dice.choice((8, 9, 11)) // 10
            if usd and number % 7 != 6:
                rows.append(OfficialRow(len(rows) + 4, code_of(number), lead.display_name or lead.title, month, usd))
        rows.append(OfficialRow(len(rows) + 4, code_of(901), "示例贸易（深圳）有限公司", month, 86_500_000))
        by_month.append(rows)
        bad = RefusedRow(len(rows) + 4, "bad_code", "统一社会信用代码", "91440300MA5XXXXXXX")
        judged = Judged("Sheet1", 3, tuple(rows), (bad,))
        name = f"{month:%Y年%m月}实际使用外资.csv"
        _count(name, judged, city, root, now)
    _year_before(months[0], by_month, city, root, now)


def _year_before(month: date, by_month: list[list[OfficialRow]], city: Actor, root: str, now: datetime) -> None:
    """The twelve months before, in one table with a column of months: most companies of this year's, with other sums. Invented from
    a seed of its own, so that nothing else changes by it.
    """
    dice, rows = random.Random(SEED + 1), list[OfficialRow]()  # noqa: S311 - invented data wants a seed
    for number in range(12):
        there = months_back(month, 12 - number)
        like = by_month[number % len(by_month)]
        for row in like:
            if row is like[-1] or dice.random() < 0.8:
                usd = row.usd * dice.choice((7, 8, 9, 10, 11)) // 10
                rows.append(OfficialRow(len(rows) + 4, row.code, row.name, there, usd))
    name = f"{rows[0].month:%Y年%m月}至{rows[-1].month:%Y年%m月}实际使用外资（示例）.csv"
    _count(name, Judged("Sheet1", 3, tuple(rows), ()), city, root, now)


def _count(name: str, judged: Judged, city: Actor, root: str, now: datetime) -> None:
    """Take a table in and let it count."""
    text = "\n".join(f"{row.code},{row.name},{row.month:%Y-%m},{row.usd / 1_000_000:.2f}" for row in judged.rows)
    stored = files.store_file(text.encode(), name, purpose="import", root=root, actor=city, now=now)
    batch = services.take_table(stored, judged, actor=city, now=now)
    batch.is_demo = True
    services.apply_table(batch.public_id, actor=city, now=now)


def code_of(number: int) -> str:
    """An invented credit code with its check digit."""
    body = f"91440300MA5{number:06d}"
    return body + str(uscc.calc_check_digit(body))


def months_back(day: date, count: int) -> date:
    """The first day of the month so many before."""
    month = day.replace(day=1)
    for _step in range(count):
        month = (month - timedelta(days=1)).replace(day=1)
    return month


def _actor(username: str) -> Actor:
    user = accounts.by_username(username)
    assert user is not None
    return user.as_actor()
