"""A list marks leads in dispute, and finds them, for those who may read of it; a filter tells nobody else."""

import pytest

from crm.policy.rules import Role
from tests.builders import a_lead, a_person
from tests.disputes.stories import a_dispute

pytestmark = pytest.mark.only_on("sqlite")
LIST, FOUND = "/leads?stage=all&scope=city", "/leads?stage=all&scope=city&disputed=yes"


@pytest.fixture
def disputed(app):
    with app.app_context():
        a_lead("Kestovar Robotics GmbH")
        a_person("colleague", Role.OFFICER, "SZ-NS")
        a_person("manager.longgang", Role.DISTRICT_MANAGER, "SZ-LG")
        return a_dispute(investor="Zephyrine Optics GmbH")[0].public_id


@pytest.mark.parametrize("who", ["officer.nanshan", "manager.nanshan", "coordinator", "leader"])
def test_those_concerned_find_it(signed_in, disputed, who):
    browser = signed_in(who)
    assert "争议协调中</span>" in browser.get(LIST).html
    page = browser.get(FOUND)
    assert "Zephyrine" in page.main
    assert "Kestovar" not in page.main


@pytest.mark.parametrize("who", ["colleague", "manager.longgang", "officer.baoan"])
@pytest.mark.parametrize("scope", ["unit", "city", "mine", "shared"])
def test_it_tells_nobody_else(signed_in, disputed, who, scope):
    browser = signed_in(who)
    assert "争议协调中</span>" not in browser.get(LIST).html
    assert "data-peek" not in browser.get(f"/leads?stage=all&scope={scope}&disputed=yes").html
    assert "c-name" not in browser.get(f"/leads?stage=all&scope={scope}&disputed=yes").html
