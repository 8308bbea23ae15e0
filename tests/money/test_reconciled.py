"""Both figures side by side, never added; everybody sees what is theirs; every figure is the sum of the lines it opens."""

import random
from datetime import date, timedelta

import pytest

from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import NotFound
from crm.core.money import Money
from crm.leads.models import Lead
from crm.leads.rules.lead import Decision, Decisions, HitDecision
from crm.leads.services import log
from crm.merging import services as merging
from crm.money import queries
from crm.money.rules import question_of
from crm.money.services import Proof
from tests.builders import a_lead, a_unit, actor, new_lead
from tests.builders.acting import at_work
from tests.long import mostly_full
from tests.money.stories import code, corrected, official, received, sealed

WAN = 1_000_000
MAY, APRIL = date(2026, 5, 12), date(2026, 4, 9)


@pytest.fixture(autouse=True)
def june(clock_at):
    clock_at("2026-06-18 09:00")


def asked(**args):
    return question_of({name.rstrip("_"): str(value) for name, value in args.items()}, today=clock.today())


def seen(who="coordinator", **args):
    page = queries.page_of(asked(**args), actor(who))
    return {
        (row.company.name if row.company else row.lead.number if row.lead else row.code, row.month): (row.counted, row.unproven, row.official)
        for row in page.rows
    }, (page.counted, page.unproven, page.official, page.count, page.differing)  # fmt: skip


def story():
    """Two leads of Nanshan (one investor), one of Baoan; two months of the official table, one company unknown."""
    ours = a_lead("Kestovar GmbH", uscc=code(1), contracted=Money.of(50_000_000, "USD"), country="DE", controlling_country="JP")
    theirs = a_lead("Lomarand AG", uscc=code(2), by="officer.baoan", contracted=Money.of(50_000_000, "USD"), country="CH")
    received(ours, 2_000_000, on=MAY)
    received(ours, 1_000_000, on=APRIL)
    received(ours, 500_000, on=MAY, proof=Proof())
    received(theirs, 3_000_000, on=MAY, by="officer.baoan")
    official(
        [[code(1), "卡斯托瓦（深圳）有限公司", 200], [code(2), "洛玛兰（深圳）有限公司", 250], [code(3), "无人知晓有限公司", 70]]
    )
    official([[code(1), "卡斯托瓦（深圳）有限公司", 90]], title="2026年4月实际使用外资")
    return ours, theirs


def test_side_by_side(app):
    with app.app_context():
        story()
        may, april = date(2026, 5, 1), date(2026, 4, 1)
        rows, totals = seen()
        assert rows == {
            ("Lomarand AG", may): (300 * WAN, 0, 250 * WAN), ("Kestovar GmbH", may): (200 * WAN, 50 * WAN, 200 * WAN),
            (code(3), may): (0, 0, 70 * WAN), ("Kestovar GmbH", april): (100 * WAN, 0, 90 * WAN),
        }  # fmt: skip
        assert totals == (600 * WAN, 50 * WAN, 610 * WAN, 4, 3)
        assert set(seen(differs=1)[0]) == {("Lomarand AG", may), (code(3), may), ("Kestovar GmbH", april)}
        assert seen(by="company")[0][("Kestovar GmbH", None)] == (300 * WAN, 50 * WAN, 290 * WAN)
        assert seen(from_="2026-04", to="2026-04")[1] == (100 * WAN, 0, 90 * WAN, 1, 1)
        assert seen(unit=a_unit("SZ-BA").id)[1] == (300 * WAN, 0, 250 * WAN, 1, 1)
        assert seen(unit=999_999)[1] == (0, 0, 0, 0, 0)
        assert seen(district=a_unit("SZ-NS").id)[1] == (0, 0, 0, 0, 0)


def test_everybody_sees_their_own(app):
    with app.app_context():
        story()
        assert set(seen("officer.nanshan")[0]) == {("Kestovar GmbH", date(2026, 5, 1)), ("Kestovar GmbH", date(2026, 4, 1))}
        assert seen("officer.baoan")[1] == (300 * WAN, 0, 250 * WAN, 1, 1)
        assert seen("leader")[1][:3] == (600 * WAN, 50 * WAN, 610 * WAN)
        company = db.session.query(Lead).filter_by(country="CH").one().investor.public_id
        assert queries.opened(asked(), actor("officer.baoan"), company=company).totals.counted == 300 * WAN
        with pytest.raises(NotFound):
            queries.opened(asked(), actor("officer.nanshan"), company=company)
        assert not queries.opened(asked(), actor("officer.nanshan"), code=code(3)).official


def test_a_code_name_hides_both_figures_behind_the_official_name(app):
    with app.app_context():
        ours, _theirs = story()
        sealed(ours)
        rows, totals = seen("leader")
        assert totals[0] == 300 * WAN
        assert (code(1), date(2026, 5, 1)) in rows, "the table itself names the company, not the board"
        assert seen("coordinator")[1][0] == 600 * WAN


def test_an_undisclosed_investor_keeps_its_arrivals(app):
    with app.app_context():
        lead = a_lead("x")
        with at_work():
            row = db.session.get_one(Lead, lead.id)
            row.investor_id = None
        received(lead, 1_000_000, on=MAY)
        assert seen()[0] == {(lead.number, date(2026, 5, 1)): (100 * WAN, 0, 0)}
        assert seen("leader", by="company")[0] == {(lead.number, None): (100 * WAN, 0, 0)}


def test_by_country(app):
    with app.app_context():
        story()

        def split(by, who="coordinator"):
            return {
                (row.country, row.linked): (row.counted, row.unproven, row.official)
                for row in queries.split_of(asked(by=by), actor(who))
            }

        assert split("country") == {
            ("DE", True): (300 * WAN, 50 * WAN, 290 * WAN), ("CH", True): (300 * WAN, 0, 250 * WAN), (None, False): (0, 0, 70 * WAN),
        }  # fmt: skip
        assert set(split("controlling")) == {("JP", True), ("CH", True), (None, False)}
        assert set(split("country", "officer.baoan")) == {("CH", True)}
        found = queries.opened(asked(by="controlling"), actor("coordinator"), country="JP")
        assert (found.totals.counted, found.utilised) == (300 * WAN, 290 * WAN)


@pytest.mark.parametrize("seed", mostly_full(range(3), 0))
def test_every_figure_is_the_sum_of_the_lines_it_opens(app, seed):
    dice = random.Random(seed)
    with app.app_context():
        leads = [
            a_lead(
                f"Company {n} {seed} Quartz" if n % 2 else None,
                uscc=code(n),
                by=dice.choice(("officer.nanshan", "officer.baoan")),
            )
            for n in range(1, 7)
        ]
        rows, standing = [], 0
        for _ in range(30):
            lead = dice.choice(leads)
            by = "officer.nanshan" if lead.following_unit_id == a_unit("SZ-NS").id else "officer.baoan"
            day = clock.today() - timedelta(days=dice.randint(0, 200))
            money = dice.randint(1_000_000, 2_000_000)
            row = received(lead, money, on=day, by=by, checked="", proof=Proof() if dice.random() < 0.3 else Proof("a.txt", b"x"))
            rows.append((row, by))
            if dice.random() < 0.4:
                row, by = rows.pop(dice.randrange(len(rows)))
                made = corrected(row, None if dice.random() < 0.3 else money + 7, by=by)
                if made.amount:
                    rows.append((made, by))
        standing = sum(row.usd for row, _by in rows if row.file_id)
        official([[code(n), f"公司{n}", dice.randint(1, 900)] for n in range(1, 7)])
        for who in ("coordinator", "leader", "officer.nanshan", "officer.baoan"):
            for by in ("month", "company"):
                page = queries.page_of(asked(by=by, from_="2025-06").on(size=500), actor(who))
                assert page.counted == sum(row.counted for row in page.rows)
                assert page.unproven == sum(row.unproven for row in page.rows)
                assert page.official == sum(row.official for row in page.rows)
                if who in ("coordinator", "leader"):
                    assert page.counted == standing
                for row in page.rows:
                    months = {"from_": f"{row.month:%Y-%m}", "to": f"{row.month:%Y-%m}"} if row.month else {"from_": "2025-06"}
                    found = queries.opened(asked(**months), actor(who), company=row.company.public_id)
                    assert (found.totals.counted, found.totals.unproven, found.utilised) == (
                        row.counted,
                        row.unproven,
                        row.official,
                    )
                    assert sum(one.usd for one, _lead in found.receipts) == row.counted + row.unproven


def test_a_merge_takes_the_ledger_along_and_an_undo_brings_it_back(app):
    with app.app_context():
        keep = a_lead("Amberlyn Works GmbH")
        lose = _second(keep)
        received(keep, 1_000_000, on=MAY)
        line = received(lose, 2_000_000, on=MAY)
        fixed = corrected(line, 2_500_000)
        with unit_of_work():
            merge = merging.merge_leads(
                keep.public_id, (lose.public_id,), {}, reason="the same project", actor=actor("coordinator"), now=clock.now()
            )
        db.session.expire_all()
        assert queries.ledger_of(db.session.get_one(Lead, keep.id)).totals.counted == 350 * WAN
        assert not queries.ledger_of(db.session.get_one(Lead, lose.id)).lines
        again = corrected(fixed, 3_000_000)
        assert again.lead_id == keep.id
        with unit_of_work():
            merging.undo_merge(merge.public_id, actor=actor("coordinator"), now=clock.now())
        db.session.expire_all()
        assert line.lead_id == lose.id


def _second(first):
    with at_work():
        who = actor("officer.nanshan")
        decided = Decisions((HitDecision(first.investor.public_id, Decision.ANOTHER_PROJECT, reason="another line"),))
        return log.log_lead(
            new_lead(investor="Amberlyn Works GmbH"), decided, unit=a_unit("SZ-NS"), city="SZ", actor=who, now=clock.now(),
            matched=False,
        ).lead  # fmt: skip
