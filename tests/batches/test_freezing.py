"""Freezing: each edition follows from the last, is numbered, made once a period, and stays as it was."""

import cProfile
from datetime import date

import pytest
from sqlalchemy import delete, event, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from crm.audit.models import AuditLine
from crm.batches import services
from crm.batches.models import Edition, EditionRow
from crm.batches.queries import adjustments, editions
from crm.batches.rules.comparing import Change
from crm.batches.rules.periods import EditionKind
from crm.batches.rules.refusing import EditionThere, NothingToFreeze, PeriodNotOpen
from crm.core import clock, ids
from crm.core.db import db, unit_of_work
from crm.core.errors import Forbidden, NotFound
from crm.demo import removal as demo
from crm.demo.editions import make_editions
from crm.leads.models import FieldChange, Lead
from crm.leads.rules.lead import Status
from tests.batches.stories import IDLE, NEXT, START, THIRD, YI, changed, confirmed, ended, frozen, listed, moved, rows
from tests.builders import a_unit, actor
from tests.claims.stories import at
from tests.merging.stories import merge, one_firm
from tests.races import race, values


def explained(edition, username="coordinator"):
    """Lead -> change, and what goes with it."""
    found = {}
    for row in db.session.scalars(select(EditionRow).where(EditionRow.edition_id == edition.id)):
        found[row.lead_id] = (row.change, row.batch, row.reason or row.was_batch)
    return found


def test_each_row_is_explained_against_the_last_edition(app):
    with app.app_context():
        stays, moves, grows, goes, pauses, runs, back, transfers = (listed("negotiating") for _ in range(8))
        keep, lose = one_firm()
        for lead in (keep, lose):
            changed(lead, admitted_at=START, stage="negotiating")
        first = frozen()
        assert {change for change, _batch, _why in explained(first).values()} == {"new"}
        moved(moves, "signed", date(2026, 11, 5))
        changed(grows, total_cny=15 * YI)
        ended(goes)
        changed(pauses, status=Status.PAUSED)
        moved(runs, "operating", date(2026, 11, 6))
        moved(back, "lead", date(2026, 11, 6))
        other = a_unit("SZ-BA")
        changed(transfers, following_unit_id=other.id, following_unit_path=other.path)
        from crm.merging import services as merging

        merge(keep, lose, verb=merging.merge_leads)
        db.session.rollback()
        fresh = listed("under_construction", now=NEXT)
        second = frozen(NEXT)
        assert explained(second) == {
            stays.id: ("kept", "negotiating", "negotiating"), moves.id: ("moved", "signed", "negotiating"),
            grows.id: ("money", "negotiating", "negotiating"), goes.id: ("left", "left", "ended"),
            pauses.id: ("left", "left", "paused"), runs.id: ("left", "left", "operating"), back.id: ("left", "left", "back"),
            transfers.id: ("unit", "negotiating", "negotiating"), keep.id: ("kept", "negotiating", "negotiating"),
            lose.id: ("left", "left", "merged"), fresh.id: ("new", "under_construction", None),
        }  # fmt: skip
        grown = next(row for row in rows(second) if row.change is Change.MONEY)
        assert (grown.was.total_cny, grown.total_cny) == (3 * YI, 15 * YI)
        gone = next(row for row in rows(second) if row.reason == "merged")
        assert gone.reason_ref == keep.number
        changed(pauses, status=Status.ACTIVE)
        third = frozen(THIRD)
        assert explained(third)[pauses.id] == ("again", "negotiating", None)
        assert goes.id not in explained(third), "what has left is told once"
        assert [one.number for one in (first, second, third)] == [1, 2, 3]


def test_counts_and_sums_are_kept_and_noted(app):
    with app.app_context():
        listed("signed", total=12, usd=300)
        listed("signed", total=2, usd=100, verified=False)
        lead = listed("under_construction", total=4, usd=500)
        confirmed(lead, "contract_signed", date(2026, 10, 1), usd=450)
        confirmed(lead, "construction_started", date(2026, 10, 20))
        made = frozen()
        assert made.summary["batches"]["signed"] == {
            "count": 2, "total_cny": 12 * YI, "unverified_cny": 2 * YI, "contracted_usd": 400 * 10**6, "confirmed_usd": 0,
        }  # fmt: skip
        row = next(row for row in rows(made) if row.batch == "under_construction")
        assert (row.confirmed_on, row.confirmed_usd, row.contracted_usd) == (date(2026, 10, 20), 450 * 10**6, 500 * 10**6)
        line = db.session.scalars(select(AuditLine).where(AuditLine.action == "edition.frozen")).one()
        assert (line.subject_id, line.payload.facts["changes"]) == (made.id, {"new": 3})
        assert (made.as_of, made.first_on, made.last_on, made.status) == (
            date(2026, 11, 2), date(2026, 11, 2), date(2026, 11, 8), "frozen",
        )  # fmt: skip


def test_one_edition_a_kind_and_period(app):
    with app.app_context():
        listed()
        assert frozen(NEXT, first=date(2026, 11, 2)).first_on == date(2026, 11, 2), "last week's, late"
        assert frozen(NEXT, EditionKind.MONTHLY).number == 1, "each kind has its own numbers"
        assert frozen(NEXT).number == 2
        for first, refusal in (
            (None, EditionThere), (date(2026, 11, 9), EditionThere), (date(2026, 11, 2), EditionThere),
        ):  # fmt: skip
            with pytest.raises(refusal):
                frozen(NEXT, first=first)
        for first in (date(2026, 11, 9), date(2026, 11, 23), date(2026, 11, 17)):
            with pytest.raises((PeriodNotOpen, EditionThere)):
                frozen(THIRD, first=first)
        with pytest.raises(PeriodNotOpen):
            frozen(THIRD, first=date(2025, 1, 6))


def test_an_empty_list_is_not_frozen(app):
    with app.app_context(), pytest.raises(NothingToFreeze):
        frozen()


@pytest.mark.parametrize("username", ["officer.nanshan", "manager.nanshan", "leader", "auditor", "sysadmin"])
def test_only_a_coordinator_freezes(app, username):
    with app.app_context():
        listed()
        with pytest.raises((Forbidden, NotFound)):
            frozen(by=username)


def freeze(app, number: int) -> str:
    with app.app_context(), clock.fixed(START):
        who = actor("coordinator")
        asked = {"city": "SZ", "idle_days": IDLE, "actor": who, "now": START}
        try:
            prepared = services.prepare_edition(EditionKind.WEEKLY, None, **asked) if number % 2 else None
            with unit_of_work():
                return str(services.freeze_edition(EditionKind.WEEKLY, None, **asked, prepared=prepared).number)
        except EditionThere as there:
            return f"there: {there.facts['number']}"


def test_of_many_who_freeze_at_once_one_wins(app):
    with app.app_context():
        for _lead in range(5):
            listed()
        db.session.remove()
    answers = values(race(freeze, 8, app))
    assert sorted(answers) == ["1"] + ["there: 1"] * 7
    with app.app_context():
        assert len(list(db.session.scalars(select(Edition.id)))) == 1
        assert len(list(db.session.scalars(select(EditionRow.id)))) == 5


def prepared_at(now, kind=EditionKind.WEEKLY, first=None):
    with clock.fixed(now):
        return services.prepare_edition(kind, first, city="SZ", idle_days=IDLE, actor=actor("coordinator"), now=now)


def written(now, prepared, first=None, by="coordinator"):
    with clock.fixed(now), unit_of_work():
        asked = {"city": "SZ", "idle_days": IDLE, "actor": actor(by), "now": now}
        return services.freeze_edition(EditionKind.WEEKLY, first, **asked, prepared=prepared)


def test_what_was_prepared_is_written_by_a_transaction_that_reads_no_list(app):
    with app.app_context():
        stays, goes = listed(), listed()
        prepared = prepared_at(START)
        changed(goes, status=Status.PAUSED)
        asked: list[str] = []
        note = lambda _connection, _cursor, statement, *_more: asked.append(statement)  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", note)
        try:
            made = written(START, prepared)
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        assert any("INSERT INTO edition_row" in one for one in asked)
        assert not [one for one in asked if one.startswith("SELECT") and (" FROM lead" in one or "edition_row" in one)]
        assert {row.lead_id for row in db.session.scalars(select(EditionRow))} == {stays.id, goes.id}, (
            "as it was when it was read"
        )
        later = written(NEXT, prepared_at(NEXT))
        assert (later.previous_id, later.summary["changes"]) == (made.id, {"kept": 1, "left": 1})


def test_what_was_prepared_before_another_edition_came_is_read_again(app):
    with app.app_context():
        listed()
        prepared = prepared_at(NEXT)
        between = frozen(NEXT, first=date(2026, 11, 2))
        made = written(NEXT, prepared)
        assert (made.number, made.previous_id, made.summary["changes"]) == (2, between.id, {"kept": 1})
        assert prepared_at(NEXT) is None, "there is nothing to freeze: freeze_edition says why"
        with pytest.raises(EditionThere):
            written(NEXT, None)


def test_a_freeze_that_breaks_leaves_nothing(app, monkeypatch):
    with app.app_context():
        listed()
        prepared = prepared_at(START)
        monkeypatch.setattr("crm.batches.services.freezing.audit.record", lambda *_a, **_k: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            written(START, prepared)
        assert not list(db.session.scalars(select(Edition.id)))
        assert not list(db.session.scalars(select(EditionRow.id)))


@pytest.mark.parametrize(
    "statement",
    [
        lambda: update(EditionRow).values(total_cny=1), lambda: delete(EditionRow), lambda: update(Edition).values(number=9),
        lambda: delete(Edition), lambda: text("UPDATE edition SET status = 'freezing'"),
    ],
)  # fmt: skip
def test_what_is_frozen_never_changes(app, statement):
    with app.app_context():
        listed()
        frozen()
        with pytest.raises(IntegrityError), unit_of_work():
            db.session.execute(statement())


def test_a_frozen_edition_gets_no_more_rows(app):
    with app.app_context():
        listed()
        made = frozen()
        other = listed()
        row = db.session.execute(select(*EditionRow.__table__.c)).mappings().one()
        more = {**row, "lead_id": other.id, "position": 2}
        more.pop("id")
        with pytest.raises(IntegrityError), unit_of_work():
            db.session.execute(insert(EditionRow), [more])
        assert db.session.get_one(Edition, made.id).status == "frozen"


def test_corrections_stand_beside_with_their_day(app):
    with app.app_context():
        late, money, sure, later = (listed() for _ in range(4))
        first = frozen()
        moved(late, "signed", date(2026, 10, 30), entered=at("2026-11-04 10:00"))
        moved(later, "signed", date(2026, 11, 4), entered=at("2026-11-04 10:00"))
        confirmed(sure, "first_talks", date(2026, 10, 1), when=at("2026-11-05 10:00"))
        with unit_of_work():
            who = actor("coordinator")
            for day, old, new in (("2026-11-06 10:00", 12, 15), ("2026-11-12 10:00", 15, 20)):
                db.session.add(
                    FieldChange(
                        lead_id=money.id, field="total", old=f"{old}00000000 CNY", new=f"{new}00000000 CNY",
                        changed_by_id=who.user_id, changed_at=at(day),
                    )
                )  # fmt: skip
        second = frozen(NEXT)
        found = adjustments.adjustments_of(first)
        assert {lead: [one.kind for one in all_of] for lead, all_of in found.items()} == {
            late.id: ["stage"], money.id: ["total"], sure.id: ["confirmed"],
        }  # fmt: skip
        assert found[money.id][0].new == "1500000000 CNY"
        assert found[late.id][0].at == at("2026-11-04 10:00")
        assert [one.new for one in adjustments.adjustments_of(second)[money.id]] == ["2000000000 CNY"]
        unchanged = next(row for row in rows(first) if row.public_id == late.public_id)
        assert unchanged.batch == "negotiating"


def test_a_stage_whose_day_is_corrected_is_an_adjustment(app):
    """Whether the edition's day lies before, between or after the two; until the next edition says it."""
    with app.app_context():
        before, between, after = (listed("signed") for _ in range(3))
        first = frozen()
        moves = ((before, "2026-10-20", "2026-10-22"), (between, "2026-10-20", "2026-11-05"), (after, "2026-11-04", "2026-11-05"))
        with unit_of_work():
            for lead, old, new in moves:
                db.session.add(
                    FieldChange(
                        lead_id=lead.id, field="stage_day.signed", old=old, new=new,
                        changed_by_id=actor("coordinator").user_id, changed_at=at("2026-11-06 10:00"),
                    )
                )  # fmt: skip
        found = adjustments.adjustments_of(first)
        assert set(found) == {before.id, between.id}
        assert [(one.kind, one.name, one.old, one.new) for one in found[between.id]] == [
            ("stage_day", "signed", "2026-10-20", "2026-11-05")
        ]
        frozen(NEXT)
        assert set(adjustments.adjustments_of(first)) == {before.id, between.id}
        assert not adjustments.adjustments_of(editions.all_editions("SZ")[0])


@pytest.mark.full
def test_ten_times_the_rows_cost_ten_times_as_much(app):
    """Copies of one project, 500 and then 5,000, which are compared with the 500. Calls are counted, for they are the same on every
    machine; seconds of 5,000 are in docs/figures.md.
    """
    with app.app_context():
        lead = listed("signed")
        row = dict(db.session.execute(select(*Lead.__table__.c).where(Lead.id == lead.id)).mappings().one())
        for name in ("id", "total_order", "due_order"):
            row.pop(name)
        copies = [
            {**row, "public_id": ids.new_public_id(), "number": f"SZ-2026-9{n:04d}", "project_slot": n + 1} for n in range(4999)
        ]
        calls = []
        for now, more in ((START, copies[:499]), (NEXT, copies[499:])):
            with unit_of_work():
                db.session.execute(insert(Lead.__table__), more)
            profile = cProfile.Profile()
            edition = profile.runcall(frozen, now)
            assert edition.summary["batches"]["signed"]["count"] == (500 if now == START else 5000)
            calls.append(sum(entry.callcount for entry in profile.getstats()))
        assert calls[1] < 11 * calls[0], calls


@pytest.mark.parametrize("built_on", [False, True])
def test_invented_editions_live_and_go_with_the_demo(app, clock_at, built_on):
    now = clock_at("2026-11-26 12:00")
    with app.app_context():
        for number in range(26):
            lead = changed(listed("negotiating", now=at("2026-08-20 09:00")), is_demo=True)
            if number % 3 == 0:
                moved(lead, "signed", date(2026, 10, 10))
            if number % 9 == 0:
                moved(lead, "operating", date(2026, 10, 20))
        with unit_of_work():
            make_editions(now)
        found = editions.all_editions("SZ")
        assert [(one.number, one.as_of) for one in found] == [(2, date(2026, 10, 31)), (1, date(2026, 9, 30))]
        changes = found[0].summary["changes"]
        assert (changes["moved"], changes["left"]) == (6, 3)
        assert adjustments.adjustments_of(found[0])
        if built_on:
            frozen(now, EditionKind.MONTHLY)
        demo.remove_demo(now)
        assert [one.number for one in editions.all_editions("SZ")] == ([3, 2, 1] if built_on else [])
        assert not list(db.session.scalars(select(EditionRow.id)))


def slips(edition):
    query = select(EditionRow.lead_id, EditionRow.expected_on, EditionRow.was_expected_on, EditionRow.slipped)
    return {row.lead_id: tuple(row[1:]) for row in db.session.execute(query.where(EditionRow.edition_id == edition.id))}


def test_expected_days_are_frozen_with_what_the_edition_before_said(app):
    with app.app_context():
        later, earlier, same, came, fresh, gone = (listed("negotiating") for _ in range(6))
        day, sign = date(2026, 12, 1), "contract_signed"
        for lead in (later, earlier, same, came, gone):
            changed(lead, expected_kind=sign, expected_on=day)
        first = frozen()
        assert slips(first)[later.id] == (day, None, None)
        changed(later, expected_on=date(2026, 12, 20))
        changed(earlier, expected_on=date(2026, 11, 25))
        changed(came, expected_kind="registered", expected_on=date(2027, 1, 5))
        changed(fresh, expected_kind=sign, expected_on=day)
        ended(gone)
        second = frozen(NEXT)
        found = slips(second)
        assert found[later.id] == (date(2026, 12, 20), day, 19)
        assert found[earlier.id] == (date(2026, 11, 25), day, -6)
        assert found[same.id] == (day, day, 0)
        assert found[came.id] == (date(2027, 1, 5), None, None), "another milestone: nothing to compare"
        assert found[fresh.id] == (day, None, None)
        assert found[gone.id] == (day, None, None)
        assert second.summary["slips"] == {"later": 1, "earlier": 1, "days": 19}
        changed(later, expected_on=date(2027, 5, 1))
        db.session.expire_all()
        assert slips(second)[later.id] == (date(2026, 12, 20), day, 19), "it stays as it was"
        assert slips(frozen(THIRD))[later.id] == (date(2027, 5, 1), date(2026, 12, 20), 132)
