"""分组小计: together the groups are the list, each opens what it counts, and none tells what a card hides."""

from itertools import product

import pytest
from werkzeug.datastructures import MultiDict

from crm.clusters import queries as clusters
from crm.desk.forms import question_from
from crm.leads.queries import listing
from crm.leads.rules.lead import Stage
from crm.leads.rules.listing import Grouped, Question, Scope, together
from tests.builders import a_lead, a_unit, actor
from tests.pipeline.test_kanban import put


@pytest.fixture
def spread(app):
    """Leads of two districts and a sub-district's parent, in two clusters and none, two countries and none, three stages."""
    with app.app_context():
        first, second = (item.id for item in clusters.current()[:2])
        for number, (by, tags, country, stage) in enumerate([
            ("officer.nanshan", (first,), "DE", Stage.NEGOTIATING), ("officer.nanshan", (first, second), "JP", Stage.NEGOTIATING),
            ("officer.nanshan", (second,), "DE", Stage.SIGNED), ("officer.nanshan", (), None, Stage.LEAD),
            ("officer.baoan", (first,), "JP", Stage.NEGOTIATING), ("officer.baoan", (second,), "DE", Stage.SIGNED),
        ], 1):  # fmt: skip
            put(
                a_lead(by=by, cluster_ids=tags, country=country),
                stage,
                total_cny=number * 10**10,
                total_verified=bool(number % 2),
            )


def groups(who, by, **asked):
    question = Question(stage=None, scope=Scope.CITY, group=by, **asked)
    return question, listing.groups_of(question, actor(who))


def test_together_they_are_the_list(spread, desk):
    for who, by in product(("officer.nanshan", "manager.baoan", "coordinator", "leader"), Grouped):
        question, found = groups(who, by)
        whole = together(listing.numbers_of(question, actor(who)).values())
        assert together(group.totals for group in found) == whole, (who, by)
        assert whole.count == listing.count_of(question.on(exact=True), actor(who)).number, (who, by)
        assert len({group.key for group in found}) == len(found), (who, by)


def test_what_they_hold(spread, desk):
    _question, found = groups("coordinator", Grouped.COUNTRY)
    assert [(group.key, group.totals.count) for group in found] == [("DE", 3), ("JP", 2), (None, 1)]
    assert (found[0].totals.total_cny, found[0].totals.unverified_cny) == (4 * 10**10, 6 * 10**10)
    _question, found = groups("coordinator", Grouped.STAGE, country="DE")
    assert [(group.key, group.totals.count) for group in found] == [("signed", 2), ("negotiating", 1)]


@pytest.mark.parametrize("by", [Grouped.UNIT, Grouped.COUNTRY])
def test_nothing_that_a_card_hides(spread, desk, by):
    """Bao'an's project in negotiation has neither unit nor country on its card, so it is in no such group."""
    question, found = groups("officer.nanshan", by)
    assert sum(group.totals.count for group in found) == 5
    assert not [row for row in listing.page_of(question, actor("officer.nanshan")) if row.masked]


def test_by_cluster_all_cards_count_but_sums_are_ones_own(spread, desk):
    _question, found = groups("officer.nanshan", Grouped.CLUSTER)
    assert sum(group.totals.count for group in found) == 6
    assert sum(group.totals.total_cny + group.totals.unverified_cny for group in found) == (1 + 2 + 3 + 4) * 10**10


def test_sums_that_one_does_not_see_are_counted_apart(spread, desk):
    _question, found = groups("officer.nanshan", Grouped.UNIT)
    assert [(group.totals.count, group.totals.withheld, group.totals.blank) for group in found] == [(4, 0, False), (1, 1, True)]
    assert together(group.totals for group in groups("officer.nanshan", Grouped.CLUSTER)[1]).withheld == 2
    assert together(group.totals for group in groups("coordinator", Grouped.UNIT)[1]).withheld == 0


def test_they_are_said_not_shown_as_a_nought(signed_in, spread):
    for path in ("groups?group=unit&", "numbers?", "board/held?"):
        page = signed_in("officer.nanshan").get(f"/leads/{path}stage=all&scope=city", htmx=True)
        assert "条的金额按权限不显示" in page.html, path
        assert "条的金额按权限不显示" not in signed_in("coordinator").get(f"/leads/{path}stage=all&scope=city", htmx=True).html


@pytest.mark.parametrize("by", Grouped)
def test_each_group_opens_what_it_counts(app, signed_in, spread, by):
    with app.app_context():
        tag, unit = clusters.current()[0].id, a_unit("SZ-NS").id
    filters = ("", "&country=DE", "&q=GmbH", f"&cluster={tag}", f"&cluster={tag}&primary=yes", f"&unit={unit}")
    browsers = {who: signed_in(who) for who in ("officer.nanshan", "coordinator")}
    for (who, browser), asked in product(browsers.items(), filters):
        page = browser.get(f"/leads/groups?stage=all&scope=city&group={by.value}{asked}", htmx=True)
        rows = page.root.first("tbody").all("tr")
        assert rows
        for row in rows:
            link = next(iter(row.all("a")), None)
            if link is None:
                continue
            args = MultiDict(pair.split("=", 1) for pair in link["href"].partition("?")[2].split("&"))
            with app.app_context():
                question = question_from(args, default_scope=Scope.CITY).on(exact=True)
                assert str(listing.count_of(question, actor(who)).number) == row.all("td")[0].text.strip(), (who, asked)


def test_the_page_asks_for_it(signed_in, spread):
    browser = signed_in("coordinator")
    page = browser.get("/leads?stage=all&group=unit")
    part = next(el for el in page.root.all("section") if el.get("hx-get"))
    assert "group=unit" in part["hx-get"]
    assert not [el for el in browser.get("/leads?stage=all&group=nonsense").root.all("section") if el.get("hx-get")]
    browser.get("/leads/groups", htmx=True)
