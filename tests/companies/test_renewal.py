"""`flask match reindex` renews the keys of companies and names that older rules stored, and no key is taken twice."""

import pytest
from sqlalchemy import select, update

from crm.companies import queries, services
from crm.companies.models import Company, CompanyName
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.merging.services import merge_companies
from tests.builders import a_company, actor

OLDER = "as older rules had it"


def older(company: Company, number: int, *, behind: str = "", text: str = "") -> None:
    """Give a company, and one of its names, the keys of rules that are gone."""
    text = text or company.name
    db.session.execute(update(Company).where(Company.id == company.id).values(name_key=f"{OLDER} {number}{behind}"))
    row = (CompanyName.text == text) & (CompanyName.key != f"{OLDER} {number}")
    db.session.execute(update(CompanyName).where(row).values(key=f"{OLDER} {number}"))


def keys() -> dict[int, str]:
    return {row[0]: row[1] for row in db.session.execute(select(Company.id, Company.name_key))}


def renewed(app, *, count: int = 2) -> None:
    with app.app_context():
        for renew in (services.renew_company_keys, services.renew_name_keys):
            after: int | None = 0
            while after is not None:
                with unit_of_work():
                    after = renew(after=after, count=count)


@pytest.fixture
def named(app):
    return [a_company(name) for name in ("青梧光学有限公司", "苍岭材料有限公司", "Valdora GmbH")]


def test_keys_are_those_of_the_rules_now_and_a_second_time_changes_nothing(app, named):
    with app.app_context():
        before = keys()
        rows = dict(db.session.execute(select(CompanyName.id, CompanyName.key)).all())
        with unit_of_work():
            for number, company in enumerate(named):
                older(company, number)
    renewed(app)
    with app.app_context():
        assert keys() == before
        assert dict(db.session.execute(select(CompanyName.id, CompanyName.key)).all()) == rows
        versions = dict(db.session.execute(select(Company.id, Company.version)).all())
        assert {versions[company.id] for company in named} == {1}  # a form that somebody has open stays good
    renewed(app)
    with app.app_context():
        assert keys() == before


def test_a_key_stays_with_the_name_it_was_made_of(app, named):
    with app.app_context():
        with unit_of_work():
            company = queries.by_public_id(named[0].public_id)
            company.name = "改名以后有限公司"
        with unit_of_work():
            older(named[0], 7, text="青梧光学有限公司")
        was = queries.namesake_keys("青梧光学有限公司")[0]
    renewed(app)
    with app.app_context():
        assert keys()[named[0].id] == was


def test_two_companies_whose_names_are_one_now_are_namesakes(app, named):
    """Brackets that told two names apart before: the first keeps the key, the other is its namesake, both are asked about."""
    other = a_company("青梧光学（有限公司）", country="DE")
    with app.app_context(), unit_of_work():
        older(other, 8)
    renewed(app, count=10)
    with app.app_context():
        found = keys()
        assert found[other.id] == f"{found[named[0].id]}#2"
        assert [company.id for company in queries.by_name_key("青梧光学有限公司")] == [named[0].id, other.id]
    with app.app_context(), unit_of_work():
        for number, company in ((9, named[0]), (10, other)):
            older(company, number, behind="#2")
    renewed(app, count=10)
    with app.app_context():
        assert keys() == {**found}


def test_who_was_merged_away_keeps_a_key_of_its_own_name(app, named):
    with app.app_context():
        with unit_of_work():
            boss = actor("coordinator")
            merge_companies(
                named[0].public_id, (named[1].public_id,), {}, reason="同一家", actor=boss, now=clock.now(), agreed=frozenset()
            )
        before = keys()
        with unit_of_work():
            older(named[1], 11, text="苍岭材料有限公司")
    renewed(app)
    with app.app_context():
        assert keys() == before
        assert [company.id for company in queries.by_name_key("苍岭材料有限公司")] == [named[0].id]


def test_the_command_renews_keys_and_index(app, named):
    with app.app_context(), unit_of_work():
        older(named[0], 12)
    assert app.test_cli_runner().invoke(args=["match", "reindex"]).exit_code == 0
    with app.app_context():
        assert [company.id for company in queries.by_name_key("青梧光学有限公司")] == [named[0].id]
