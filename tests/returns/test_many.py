"""Confirming many at once, and the week as a workbook: what is left out is named with its reason, what may not be read is not in it."""

from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import select

from crm.audit.models import AuditLine
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.notifications.models import Notification
from crm.returns import services
from crm.returns.rules import AlreadyConfirmed, ReturnMoved, State, WithTheUnit, check_confirm
from tests.builders import actor
from tests.returns.stories import LATE, MONDAY, SUNDAY, WEEK, does, drafted, edited, stored, submitted, told

WEEK_PAGE = "/returns/weeks/2026-11-16"


def test_what_may_be_confirmed():
    check_confirm(State.SUBMITTED)
    for state, refused in (
        (State.CONFIRMED, AlreadyConfirmed), (State.RETURNED, WithTheUnit), (State.DRAFT, WithTheUnit)
    ):  # fmt: skip
        with pytest.raises(refused) as raised:
            check_confirm(state)
        assert isinstance(raised.value, ReturnMoved), state


def _two():
    """Returns of Nanshan and, without any progress, of Baoan, both handed in; their public ids."""
    told("saw the site")
    return submitted(), _empty()


def _empty():
    """A return of Baoan without any progress, handed in; its public id."""
    public_id = drafted(unit="SZ-BA", by="officer.baoan")
    does(services.submit, public_id, "registering", by="manager.baoan")
    return public_id


def test_many_are_confirmed_and_the_others_said(desk, clock_at):
    full, empty = _two()
    seen = [(full, stored(full).version), (empty, stored(empty).version)]
    does(services.send_back, empty, "more", by="coordinator")
    again = [*seen, (empty, stored(empty).version), ("nobody", 1), seen[0]]
    with clock.fixed(MONDAY), unit_of_work():
        came = services.confirm_many(again, actor=actor("coordinator"), now=MONDAY)
    assert came.done == (full,)
    assert sorted(refusal.code for _id, refusal in came.skipped) == ["not_found", "return_with_unit", "stale_version"]
    assert (stored(full).state, stored(empty).state) == ("confirmed", "returned")
    assert len(list(db.session.scalars(select(AuditLine).where(AuditLine.action == "return.confirmed")))) == 1
    told_of = set(db.session.scalars(select(Notification.code)))
    assert "return.confirmed" in told_of
    with clock.fixed(MONDAY), unit_of_work():
        came = services.confirm_many(seen, actor=actor("manager.nanshan"), now=MONDAY)
    assert came.done == (), "a unit does not confirm its own"


def test_many_are_looked_at_first(app, signed_in, clock_at):
    clock_at(SUNDAY)
    with app.app_context():
        full, empty = _two()
        versions = {one: stored(one).version for one in (full, empty)}
        db.session.remove()
    clock_at(MONDAY)
    city = signed_in("coordinator")
    page = city.get(WEEK_PAGE)
    assert f'value="{full}:{versions[full]}"' in page.html
    assert "请先勾选周报" in city.post(f"{WEEK_PAGE}/confirm", {}, status=303).follow().text
    picked = {"pick": [f"{full}:{versions[full]}", f"{empty}:{versions[empty] - 1}", "junk", "nobody:1", f"{full}:x"]}
    page = city.post(f"{WEEK_PAGE}/confirm", picked, status=200)
    assert "将确认 1 份，略过 1 份" in page.main
    assert "宝安区投资促进局 这份周报已有新的处理" in " ".join(page.main.split())
    done = page.submit("/confirm/now", status=303).follow()
    assert "已确认 1 份周报" in done.text
    picked = {"pick": [f"{one}:{versions[one]}" for one in (full, empty)]}
    page = city.post(f"{WEEK_PAGE}/confirm", picked, status=200)
    assert "已经确认过" in page.main
    assert "空报" in page.main
    assert "registering" in page.main, "what is empty shows its reason before it is taken"
    again = city.post(f"{WEEK_PAGE}/confirm/now", picked, status=303).follow()
    assert "已确认 1 份周报" in again.text
    assert "南山的周报未确认：" in again.text
    assert 'name="pick"' not in city.get(WEEK_PAGE).html, "nothing waits any more"
    for door in ("confirm", "confirm/now"):
        city.post(f"/returns/weeks/2026-11-17/{door}", picked, status=404)
        city.post(f"/returns/weeks/2026-11-09/{door}", picked, status=303)
        for username in ("manager.nanshan", "leader", "auditor"):
            signed_in(username).post(f"{WEEK_PAGE}/{door}", picked, status=403)


def _cells(page):
    """The notes, and the rows by unit, each by its headings."""
    rows = list(openpyxl.load_workbook(BytesIO(page.response.get_data())).active.values)
    top = next(place for place, row in enumerate(rows) if row[1] == "状态")
    return [row[0] for row in rows[:top]], {row[0]: dict(zip(rows[top], row, strict=True)) for row in rows[top + 1 :]}


def test_the_week_as_a_workbook(app, signed_in, clock_at):
    clock_at(SUNDAY)
    with app.app_context():
        told("=1+1 saw the site")
        full = drafted()
        edited(full, progress="=HYPERLINK(1)", problems="needs power")
        does(services.submit, full, "", by="manager.nanshan", now=LATE)
        _empty()
        does(services.confirm, full, by="coordinator", now=LATE)
        db.session.remove()
    clock_at(LATE)
    notes, rows = _cells(signed_in("coordinator").get(f"{WEEK_PAGE}/week.xlsx"))
    assert notes[0].startswith("区级周报总表　2026-11-16 – 2026-11-22")
    assert "非涉密系统" in notes[1]
    assert "SZ-ZB-2026-00001" in notes[2]
    assert any("福田" in note for note in notes), "who owes nothing is named apart"
    ours, theirs = rows["南山区投资促进局"], rows["宝安区投资促进局"]
    assert (ours["状态"], ours["迟报"], ours["空报"]) == ("已确认", "是", None)
    assert (ours["本周进展（条）"], ours["存在问题（条）"], ours["报送时间"]) == (1, 0, "2026-11-24 09:00")
    assert ours["本周进展"].startswith("=HYPERLINK(1)\n1. ")
    assert "=1+1 saw the site" in ours["本周进展"]
    assert ours["存在问题"] == "needs power"
    assert (theirs["状态"], theirs["空报"], theirs["空报说明"]) == ("空报", "是", "registering")
    assert theirs["报送人"]
    _notes, own = _cells(signed_in("officer.baoan").get(f"{WEEK_PAGE}/week.xlsx"))
    assert list(own) == ["宝安区投资促进局"], "a unit takes its own"
    signed_in("leader").get(f"{WEEK_PAGE}/week.xlsx", status=403)
    signed_in("coordinator").get("/returns/weeks/2026-11-17/week.xlsx", status=404)
    with app.app_context():
        lines = list(db.session.scalars(select(AuditLine).where(AuditLine.action == "return.week_exported")))
        assert [line.payload.facts["rows"] for line in lines] == [2, 1]


def test_a_draft_is_not_in_the_citys_workbook(app, signed_in, clock_at):
    clock_at(SUNDAY)
    with app.app_context():
        told("not said yet")
        drafted()
        db.session.remove()
    _notes, rows = _cells(signed_in("coordinator").get(f"{WEEK_PAGE}/week.xlsx"))
    assert rows["南山区投资促进局"]["状态"] == "起草中"
    assert rows["南山区投资促进局"]["本周进展"] is None
    assert WEEK.isoformat() == "2026-11-16"
