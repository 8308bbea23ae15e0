"""The 20+8: the version in force, what was before it, and what a text suggests by which words."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.clusters import queries, rules, services
from crm.clusters.models import Cluster
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.leads import services as leads
from tests.builders import a_lead, actor

VERSIONS = [version["id"] for version in rules.taxonomy()["versions"]]


def code_of(zh: str) -> str:
    return next(item["code"] for item in rules.items(rules.current_version()) if item["zh"] == zh)


class TestTheList:
    """Two versions in one table."""

    def test_twenty_and_eight(self, app):
        with app.app_context():
            current = queries.current()
            kinds = [cluster.kind for cluster in current]
            assert (kinds.count("strategic"), kinds.count("future")) == (20, 8)
            assert {cluster.taxonomy for cluster in current} == {rules.current_version()}
            assert [cluster.sort for cluster in current] == sorted(cluster.sort for cluster in current)
            assert {cluster.taxonomy for cluster in queries.everything()} == set(VERSIONS)
            assert all(
                cluster.name("zh") and cluster.name("en") and cluster.name("zh") != cluster.name("en") for cluster in current
            )
            assert services.load_reference() == 0

    def test_a_retired_item_is_offered_no_more_and_stays_on_its_leads(self, app, signed_in):
        with app.app_context():
            item = queries.current()[0]
            lead = a_lead(cluster_ids=(item.id,)).public_id
            with unit_of_work():
                db.session.get_one(Cluster, item.id).retired_on = date(2026, 1, 1)
            assert item.id not in [cluster.id for cluster in queries.current()]
            assert not queries.labels()[item.id].is_current
            assert [cluster.id for cluster in queries.by_ids((item.id,))] == [item.id]
        assert item.zh in signed_in("officer.nanshan").get(f"/leads/{lead}").main
        options = [option.text for option in signed_in("officer.nanshan").get("/leads/new").root.all("option")]
        assert item.zh not in options

    def test_an_item_by_code_and_version(self, app):
        with app.app_context():
            old, new = (queries.by_code("S01", version) for version in VERSIONS)
            assert (old.taxonomy, new.taxonomy) == tuple(VERSIONS)
            assert queries.by_code("S01").id == new.id
            assert queries.by_code("Z99") is None
            assert [cluster.id for cluster in queries.by_ids((new.id, 10**6, old.id))] == [new.id, old.id]

    def test_a_tag_keeps_its_version(self, app):
        lead = a_lead()
        with app.app_context():
            old = queries.by_code("S01", "v1")
            with unit_of_work():
                leads.tag_lead(lead.public_id, (old.id,), actor=actor("officer.nanshan"), now=clock.now())
            assert services.load_reference() == 0
            found = db.session.get_one(type(lead), lead.id)
            assert [tag.cluster.taxonomy for tag in found.clusters] == ["v1"]


class TestTheCrosswalk:
    """Where an older item went."""

    def test_every_older_item_has_a_home(self):
        current = {item["code"] for item in rules.items(rules.current_version())}
        for item in rules.items("v1"):
            found = rules.crosswalk("v1", item["code"])
            assert found, item["zh"]
            assert set(found) <= current
        assert rules.crosswalk(rules.current_version(), "S01") == ["S01"]
        assert rules.crosswalk("v1", "nothing") == []
        assert rules.items("v9") == []

    def test_every_item_in_force_came_from_somewhere(self):
        reached = {code for row in rules.taxonomy()["crosswalk"] for code in row["to"]}
        assert {item["code"] for item in rules.items(rules.current_version()) if item["kind"] != "outside"} <= reached

    @pytest.mark.only_on("sqlite")
    @pytest.mark.parametrize(("username", "sees"), [
        ("sysadmin", True), ("coordinator", True), ("officer.nanshan", False), ("manager.nanshan", False), ("leader", False), ("auditor", False),
    ])  # fmt: skip
    def test_it_is_for_those_who_keep_the_list(self, app, signed_in, username, sees):
        page = signed_in(username).get("/clusters/")
        assert ("版本对照" in page.main) is sees
        assert "半导体" in page.main


class TestSuggesting:
    """What a text speaks of, and the words that said so."""

    @pytest.mark.parametrize(("text", "zh", "words"), [
        ("汽车与工业传感器研发中心，MEMS 产线", "智能传感器", {"传感器"}),
        ("功率器件設計與封測，第三代半導體", "半导体与集成电路", {"功率器件"}),
        ("固态电池中试基地", "新能源", set()),
        ("手术器械装配与培训中心，医疗器械注册证", "高端医疗器械", {"医疗器械"}),
        ("A robot test line for industrial robots", "机器人", set()),
    ])  # fmt: skip
    def test_the_words_that_fired_are_named(self, text, zh, words):
        found = rules.suggest(text)
        names = {item["code"]: item["zh"] for item in rules.items(rules.current_version())}
        assert zh in [names[one.code] for one in found], [(names[one.code], one.words) for one in found]
        chosen = next(one for one in found if names[one.code] == zh)
        assert chosen.words
        assert all(any(word in fired for fired in chosen.words) for word in words)

    @pytest.mark.parametrize("text", ["", "签约仪式在下午举行", "Thank you for the meeting", "1234567890", "。。。"])
    def test_nothing_is_suggested_for_nothing(self, text):
        assert rules.suggest(text) == []

    @pytest.mark.parametrize(("text", "fires"), [
        ("a CT scanner plant", True), ("新建CT设备产线", True), ("a maintenance contract", False), ("ct scanners", False), ("an OCTA line", False),
        ("MEMS产线", True), ("mems line", True), ("Micro Systems and Cisco", False), ("SaaS 平台", True),
    ])  # fmt: skip
    def test_acronyms_fire_as_words_and_short_ones_in_capitals(self, text, fires):
        assert bool(rules.suggest(text)) is fires

    @given(st.text(max_size=200))
    def test_any_text_is_read(self, text):
        found = rules.suggest(text)
        assert len(found) <= 3
        assert all(one.words for one in found)

    def test_only_the_beginning_of_a_long_text_is_read(self):
        tail = "传感器" * 3
        assert rules.suggest("好" * rules.MOST_READ + tail) == []
        assert rules.suggest("好" * (rules.MOST_READ - 9) + tail)

    @pytest.mark.only_on("sqlite")
    def test_the_tagging_page_says_why(self, app, signed_in):
        lead = a_lead(title="汽车与工业传感器研发中心")
        page = signed_in("officer.nanshan").get(f"/leads/{lead.public_id}/clusters")
        assert "智能传感器" in page.main
        assert "传感器" in page.main.replace("智能传感器", "")
        with app.app_context():
            assert db.session.get_one(type(lead), lead.id).clusters == [], "a suggestion tags nothing"


class TestNamesInImports:
    """A cell that names an item."""

    @pytest.mark.parametrize("version", VERSIONS)
    def test_every_name_of_every_version_is_read(self, version):
        for item in rules.items(version):
            for text in (item["zh"], f" {item['zh']}产业集群 "):
                assert rules.parse_cluster(text).zh == item["zh"]
            for text in (item["en"], item["en"].upper()):
                parsed = rules.parse_cluster(text)
                meant = next(one for one in rules.items(parsed.taxonomy) if one["code"] == parsed.code)
                assert meant["en"].casefold() == item["en"].casefold()

    def test_the_present_version_first(self):
        both = {item["zh"] for item in rules.items("v1")} & {item["zh"] for item in rules.items(rules.current_version())}
        assert both
        assert {rules.parse_cluster(zh).taxonomy for zh in both} == {rules.current_version()}

    @pytest.mark.parametrize("text", [None, "", "   ", "不是集群", "集群", "S99"])
    def test_what_is_no_name_is_asked_about(self, text):
        assert rules.parse_cluster(text) is None

    def test_traditional_and_other_ways_to_write_it(self):
        assert rules.parse_cluster("半導體與集成電路").code == code_of("半导体与集成电路")
        assert rules.parse_cluster("生物制造").code == code_of("合成生物")
        assert rules.parse_cluster("其它").code == code_of("其他")
