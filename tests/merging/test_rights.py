"""Who may merge, and who is told."""

import pytest
from sqlalchemy import select

from crm.core.db import db
from crm.core.errors import Forbidden, NotFound
from crm.merging import rules, services
from crm.notifications.models import Notification
from tests.builders import someone
from tests.merging.stories import company_of, merge, twins, undo


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

    @pytest.mark.parametrize("username", ["auditor", "sysadmin", "secadmin"])
    def test_administrators_find_nothing(self, desk, username):
        one, two = twins()
        with pytest.raises(NotFound):
            merge(company_of(one), company_of(two), by=username)
        with pytest.raises(NotFound):
            merge(one, two, by=username, verb=services.merge_leads)
