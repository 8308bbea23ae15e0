"""The rolling list's numbers are those of the list that they open, for every reader and filter; conversion."""

import itertools
from datetime import date, timedelta

import pytest

from crm.batches.queries import conversion, latest, sums
from crm.batches.rules.rolling import BATCHES, Batch, Window
from crm.clusters import queries as clusters
from crm.core import clock
from crm.core.db import db
from crm.leads.queries import listing
from crm.leads.rules.lead import Stage, Status
from crm.leads.rules.listing import Question, Scope, Sort
from crm.sharing.rules import Tier
from crm.units.models import Unit
from tests.batches.stories import IDLE, NEXT, START, YI, changed, confirmed, ended, listed, moved, numbers
from tests.builders import a_lead, a_unit, actor
from tests.long import mostly_full
from tests.web.shared_city import seal, share

READERS = ("officer.nanshan", "manager.nanshan", "officer.baoan", "manager.baoan", "coordinator", "leader")


@pytest.fixture
def city(app, clock_at):
    """Two districts' projects, sealed and shared ones among them, and what does not stand on the list."""
    clock_at(NEXT)
    with app.app_context():
        tags = [item.id for item in clusters.current()[:2]]
        for number, (stage, by) in enumerate(itertools.product([*BATCHES, *BATCHES], ("officer.nanshan", "officer.baoan"))):
            listed(
                stage, by=by, total=number + 1, usd=100 * number, verified=bool(number % 3), now=NEXT,
                cluster_ids=(tags[number % 2],) if number % 4 else (), progress=date(2026, 11, 5) if number % 2 else None,
            )  # fmt: skip
        seal(listed("negotiating", by="officer.baoan", now=NEXT).public_id, "Heron", by="manager.baoan")
        seal(listed("signed", by="officer.nanshan", now=NEXT).public_id, "Lynx")
        share(listed("negotiating", by="officer.baoan", total=40, now=NEXT).public_id, unit="SZ-NS", by="manager.baoan")
        share(
            listed("negotiating", by="officer.baoan", total=50, now=NEXT).public_id,
            unit="SZ-NS",
            by="manager.baoan",
            tier=Tier.CARD,
        )
        a_lead(now=START)  # not admitted
        ended(listed("signed", now=NEXT))
        changed(listed("negotiating", now=NEXT), status=Status.PAUSED)
        listed("operating", now=NEXT)
        db.session.remove()
        yield app


def _question(batch, **more):
    asked = {"rolling": True, "primary": True, "exact": True, "scope": Scope.CITY, "sort": Sort.STAGE_DAYS}
    return Question(stage=Stage(batch), **asked, **more)


@pytest.mark.parametrize("username", mostly_full(READERS, "officer.nanshan", "manager.baoan", "leader"))
def test_a_figure_is_the_count_of_its_list(city, username):
    who, tags = actor(username), [None, *(item.id for item in clusters.current()[:2])]
    for code, tag, batch in itertools.product((None, "SZ-NS", "SZ-BA", "SZ-FT"), tags, BATCHES):
        unit = a_unit(code) if code else None
        asked = {"unit_path": unit.path if unit else None, "cluster_id": tag}
        cell = numbers(username, **asked).batches[batch]
        question = _question(batch, unit_id=unit.id if unit else None, cluster_id=tag)
        where = (username, code, tag, batch)
        assert cell.count == listing.count_of(question, who).number, where
        totals = listing.numbers_of(question, who)[Stage(batch)]
        assert (cell.total_cny, cell.unverified_cny, cell.contracted_usd) == (
            totals.total_cny, totals.unverified_cny, totals.contracted_usd,
        ), where  # fmt: skip
        assert cell.idle == listing.count_of(question.on(idle=IDLE), who).number, where


def test_others_in_negotiation_are_told_in_fives_without_sums(city):
    found = numbers("officer.nanshan")
    ids = {unit.code: unit.id for unit in db.session.query(Unit)}
    other, own = found.areas[ids["SZ-BA"]], found.areas[ids["SZ-NS"]]
    assert not other[Batch.NEGOTIATING].exact
    assert other[Batch.NEGOTIATING].cell.count % 5 == 0
    assert all(told.cell.total_cny == 0 for told in other.values())
    assert own[Batch.SIGNED].exact
    assert own[Batch.SIGNED].cell.total_cny > 0
    city_wide = numbers("coordinator").areas[ids["SZ-BA"]]
    assert city_wide[Batch.NEGOTIATING].exact
    assert city_wide[Batch.NEGOTIATING].cell.count == 5


def test_kept_numbers_are_cut_anew_for_each_reader_and_a_code_name_counts_at_once(city):
    def kept(username):
        return sums.numbers_for(actor(username), sums.Asked(), idle_days=IDLE, keep_seconds=600).batches[Batch.SIGNED]

    before = kept("officer.baoan").count
    assert kept("coordinator").total_cny != kept("officer.baoan").total_cny
    lead = listed("signed", now=NEXT)
    assert kept("officer.baoan").count == before, "kept"
    sums.forget()
    assert kept("officer.baoan").count == before + 1
    seal(lead.public_id, "Otter")
    db.session.rollback()
    db.session.info.pop("known", None)
    assert kept("officer.baoan").count == before
    sums.forget()


def test_rows_say_what_the_city_confirmed_and_since_when_nothing_moves(app, clock_at):
    clock_at(NEXT)
    with app.app_context():
        lead = listed("signed", now=NEXT, progress=date(2026, 9, 1))
        confirmed(lead, "contract_signed", date(2026, 10, 20), usd=1200)
        db.session.rollback()
        row = latest.page_of(_question("signed"), actor("coordinator"), idle_days=IDLE)[0]
        assert (row.confirmed_on, row.confirmed_usd, row.idle) == (date(2026, 10, 20), 1200 * 10**6, True)
        assert row.progress_on == date(2026, 9, 1)
        other = latest.page_of(_question("signed"), actor("officer.baoan"), idle_days=IDLE)[0]
        assert (other.row.name, other.confirmed_usd, other.idle, other.progress_on) == (row.row.name, None, False, None)


def test_conversion_counts_what_began_in_the_period(app, clock_at):
    clock_at(NEXT)
    with app.app_context():
        day = clock.today()
        began = listed("negotiating", now=NEXT)
        for stage, ago in (("signed", 100), ("under_construction", 40)):
            moved(began, stage, day - timedelta(days=ago))
        waits, back, long_ago = (listed("negotiating", now=NEXT) for _ in range(3))
        moved(waits, "signed", day - timedelta(days=50))
        moved(back, "signed", day - timedelta(days=50))
        moved(back, "negotiating", day - timedelta(days=20))
        moved(long_ago, "signed", day - timedelta(days=500))
        skipped = listed("negotiating", now=NEXT)
        moved(skipped, "under_construction", day - timedelta(days=5))
        sealed = listed("negotiating", now=NEXT)
        moved(sealed, "signed", day - timedelta(days=5))
        seal(sealed.public_id, "Lynx")
        db.session.rollback()

        def of(username, window=Window.TWELVE):
            found = conversion.conversions_for(actor(username), window, keep_seconds=0).cells
            return sum(one.signed for one in found.values()), sorted(d for one in found.values() for d in one.days)

        assert of("coordinator") == (3, [60])
        assert of("leader") == of("officer.baoan") == (2, [60])
        assert of("coordinator", Window.QUARTER) == (1, [])


def test_sums_are_exact(app, clock_at):
    clock_at(NEXT)
    with app.app_context():
        for total in (1, 2, 3):
            listed("signed", total=total, usd=7 * total, now=NEXT)
        listed("signed", total=5, verified=False, now=NEXT)
        cell = numbers().batches[Batch.SIGNED]
        assert (cell.count, cell.total_cny, cell.unverified_cny) == (4, 6 * YI, 5 * YI)
        assert cell.contracted_usd == (42 + 1000) * 10**6
