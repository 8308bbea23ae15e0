"""The table, and who stands how to a lead."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.core.errors import Forbidden, NotFound
from crm.policy import rules as policy
from crm.policy.rules import Actor, Role


@dataclass
class Lead:
    owner_id: int | None = None
    registered_by_id: int = 99
    following_unit_path: str = "/1/3/"
    signed: bool = False
    sealed: bool = False
    shares: tuple = ()


@dataclass
class Share:
    unit_id: int | None = 4
    user_id: int | None = None
    level: str = "read"
    tier: str = "detail"


def someone(role=Role.OFFICER, path="/1/3/", user_id=7):
    return Actor(user_id=user_id, public_id="x" * 22, username="x", name="x", role=role, unit_id=3, unit_path=path)


@pytest.mark.parametrize("path, near", [("/1/4/", False), ("/1/3/", True), ("/1/3/8/", True), ("/1/", True), ("/1/30/", False)])
def test_one_line_of_the_tree(path, near):
    assert policy.in_one_line(path, "/1/3/") is policy.in_one_line("/1/3/", path) is near


def test_every_word_of_the_table_can_be_somebodys():
    """What a door asks before it opens knows every word that a standing can hold."""
    words = {word for role in Role for word in policy._possible(role)}
    assert words == policy.principals()
    assert "manager" not in policy._possible(Role.OFFICER)


@pytest.mark.parametrize(
    "who, lead, words",
    [
        (someone(), Lead(), {"unit"}),
        (someone(path="/1/3/8/"), Lead(), {"unit"}),
        (someone(path="/1/"), Lead(), {"unit"}),
        (someone(path="/1/30/"), Lead(), {"other_open"}),
        (someone(path="/1/4/"), Lead(signed=True), {"other_signed"}),
        (someone(), Lead(owner_id=7), {"unit", "owner"}),
        (someone(path="/1/4/"), Lead(registered_by_id=7), {"other_open", "reporter"}),
        (someone(path="/1/4/"), Lead(owner_id=7), {"other_open", "owner"}),
        (someone(Role.DISTRICT_MANAGER), Lead(), {"unit", "manager"}),
        (someone(Role.DISTRICT_MANAGER, path="/1/3/8/"), Lead(), {"unit"}),
        (someone(Role.DISTRICT_MANAGER, path="/1/4/"), Lead(), {"other_open"}),
        (someone(Role.COORDINATOR), Lead(owner_id=7), {"coordinator"}),
        (someone(path="/1/4/"), Lead(shares=(Share(),)), {"other_open", "share_read"}),
        (someone(path="/1/4/9/"), Lead(shares=(Share(),)), {"other_open", "share_read"}),
        (someone(path="/1/"), Lead(shares=(Share(),)), {"unit"}),
        (someone(path="/1/40/"), Lead(shares=(Share(),)), {"other_open"}),
        (someone(path="/1/4/"), Lead(shares=(Share(tier="card"),)), {"other_open", "share_card"}),
        (someone(path="/1/4/"), Lead(shares=(Share(level="edit"),)), {"other_open", "share_edit"}),
        (someone(path="/1/4/"), Lead(shares=(Share(tier="contacts"),)), {"other_open", "share_read", "share_contacts"}),
        (someone(path="/1/5/"), Lead(shares=(Share(None, 7, "edit"),)), {"other_open", "share_edit"}),
        (someone(), Lead(sealed=True), {"sealed_other"}),
        (someone(path="/1/4/"), Lead(sealed=True, signed=True), {"sealed_other"}),
        (someone(), Lead(sealed=True, owner_id=7), {"owner"}),
        (someone(), Lead(sealed=True, registered_by_id=7), {"sealed_other", "reporter_sealed"}),
        (someone(Role.DISTRICT_MANAGER), Lead(sealed=True), {"manager"}),
        (someone(Role.DISTRICT_MANAGER, path="/1/3/8/"), Lead(sealed=True), {"sealed_other"}),
        (someone(path="/1/4/"), Lead(sealed=True, shares=(Share(),)), {"share_read"}),
        (someone(Role.LEADER), Lead(sealed=True), {"leader_sealed"}),
        (someone(Role.COORDINATOR), Lead(sealed=True), {"coordinator"}),
        (someone(Role.AUDITOR), Lead(owner_id=7, registered_by_id=7), {"auditor"}),
        (someone(Role.SYSTEM_ADMIN), Lead(owner_id=7, registered_by_id=7), {"system_admin"}),
    ],
)
def test_standing_towards_a_lead(who, lead, words):
    assert policy.towards_lead(who, lead).principals == words


@pytest.mark.parametrize(
    "who, lead, may, may_not",
    [
        (someone(path="/1/4/"), Lead(), ["read_card", "second_report"], ["read_names", "read_detail", "edit", "write_progress"]),
        (someone(path="/1/4/"), Lead(signed=True), ["read_names"], ["read_detail", "read_amounts", "edit"]),
        (someone(path="/1/4/"), Lead(registered_by_id=7), ["read_names"], ["read_detail", "edit"]),
        (someone(), Lead(), ["read_detail", "write_progress"], ["edit", "assess", "move_stage"]),
        (someone(), Lead(owner_id=7), ["edit", "move_stage", "tag"], ["assess"]),
        (someone(Role.DISTRICT_MANAGER), Lead(), ["assess", "edit", "move_stage"], []),
        (someone(Role.LEADER), Lead(), ["read_detail", "read_amounts"], ["edit", "assess", "write_progress", "log"]),
        (someone(Role.AUDITOR), Lead(), [], ["read_card", "read_names", "read_detail", "edit"]),
    ],
)
def test_what_follows_from_it(who, lead, may, may_not):
    stands = policy.towards_lead(who, lead)
    assert [a for a in may if not policy.can(stands, "lead", a)] == []
    assert [a for a in may_not if policy.can(stands, "lead", a)] == []


def test_an_act_without_a_row_is_a_bug():
    with pytest.raises(KeyError):
        policy.can(policy.Standing(frozenset({"coordinator"})), "lead", "sell")


def test_nobody_may_anything_by_default():
    for record, actions in policy.table().items():
        for action in actions:
            assert not policy.can(policy.Standing(), record, action)
            assert policy.table()[record][action], f"{record}.{action} is for nobody"


def test_require_tells_what_may_be_seen():
    stranger = policy.towards_lead(someone(path="/1/4/"), Lead())
    with pytest.raises(Forbidden):
        policy.require(stranger, "lead", "edit")
    with pytest.raises(NotFound):
        policy.require(stranger, "lead", "edit", seen_by="read_detail")
    with pytest.raises(NotFound):
        policy.require(policy.towards_self(someone(), 8), "job", "read")
    policy.require(policy.towards_self(someone(), 7), "job", "read")


roles, paths = st.sampled_from(list(Role)), st.sampled_from(["/1/", "/1/3/", "/1/3/8/", "/1/4/", "/1/30/"])


@given(roles, paths, paths, st.booleans(), st.sampled_from([None, 7, 8]), st.sampled_from([7, 9]))
def test_the_door_never_bars_what_the_record_allows(role, path, lead_path, signed, owner, reporter):
    """`possible` (asked before the record is known) holds whenever `can` does: the guard is never stricter than the table."""
    who, lead = someone(role, path), Lead(owner, reporter, lead_path, signed)
    stands = policy.towards_lead(who, lead)
    for record in ("lead", "contact", "file", "claim"):
        for action in policy.table()[record]:
            if policy.can(stands, record, action):
                assert policy.possible(role, record, action), (role, record, action)


@given(paths, paths, st.booleans())
def test_signing_shows_more_never_less(path, lead_path, signed):
    before = policy.towards_lead(someone(path=path), Lead(following_unit_path=lead_path))
    after = policy.towards_lead(someone(path=path), Lead(following_unit_path=lead_path, signed=True))
    for action in ("read_card", "read_names", "read_detail"):
        assert policy.can(after, "lead", action) >= policy.can(before, "lead", action)
