"""Who may merge, and who is told."""

import pytest
from sqlalchemy import select

from crm.core.db import db
from crm.core.errors import Forbidden, NotFound
from crm.merging import rules, services
from crm.notifications.models import Notification
from tests.builders import someone
from tests.merging.stories import company_of, merge, one_firm, twins, undo


def messages(username):
    query = select(Notification.code).where(Notification.user_id == someone(username).id)
    return [code for code in db.session.scalars(query.order_by(Notification.id)) if code.startswith("merge")]


class TestRights:
    """Whose decision it is."""

    def test_leads_of_one_unit_are_its_managers(self, desk):
        one, two = twins()
        with pytest.raises(Forbidden):
            merge(company_of(one), company_of(two), by="officer.nanshan")
        with pytest.raises(NotFound):
            merge(company_of(one), company_of(two), by="manager.baoan")
        undo(merge(company_of(one), company_of(two), by="manager.nanshan", reason=""), by="manager.nanshan")

    def test_leads_of_two_units_are_the_coordinators_with_a_reason(self, desk):
        one, two = twins(other="officer.baoan")
        keep, lose = company_of(one), company_of(two)
        with pytest.raises(NotFound):
            merge(keep, lose, by="manager.nanshan")
        with pytest.raises(rules.MergeReasonNeeded):
            merge(keep, lose, reason=" ")
        done = merge(keep, lose)
        for username in ("officer.nanshan", "manager.nanshan", "officer.baoan", "manager.baoan"):
            assert messages(username) == ["merge.done"], username
        with pytest.raises(rules.CoordinatorDecides):
            undo(done, by="manager.nanshan")
        undo(done)
        assert messages("manager.baoan") == ["merge.done", "merge.undone"]

    def test_a_unit_whose_lead_went_hears_of_it_by_its_own_number(self, desk):
        one, two = one_firm(other="officer.baoan")
        done = merge(one, two, verb=services.merge_leads)
        undo(done)
        facts = {"name": two.number, "number": one.number, "to": one.following_unit.zh}
        for username, expected in (
            ("manager.baoan", [("merge.gone", facts), ("merge.undone", facts)]),
            ("officer.baoan", [("merge.gone", facts), ("merge.undone", facts)]),
            ("manager.nanshan", [("merge.done", {"name": one.number}), ("merge.undone", {"name": one.number})]),
        ):  # fmt: skip
            query = select(Notification.code, Notification.facts).where(
                Notification.user_id == someone(username).id, Notification.subject_public_id == done.public_id
            )  # fmt: skip
            assert [tuple(row) for row in db.session.execute(query.order_by(Notification.id))] == expected, username

    @pytest.mark.parametrize("username", ["auditor", "sysadmin", "secadmin"])
    def test_administrators_find_nothing(self, desk, username):
        one, two = twins()
        with pytest.raises(NotFound):
            merge(company_of(one), company_of(two), by=username)
        with pytest.raises(NotFound):
            merge(one, two, by=username, verb=services.merge_leads)
