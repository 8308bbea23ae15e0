"""Types of evidence: what the rules accept, how well that evidences a first report, what stood there before there were types."""

import io
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from crm.audit.models import AuditLine
from crm.claims import queries, services
from crm.claims.rules.evidence import HANDED_IN, WEIGHED, Evidenced, EvidenceType, Weighed, weigh
from crm.claims.rules.protection import Protection, RulesUnfit, Settings, shipped
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import Forbidden, NotFound
from crm.files import queries as files
from crm.leads import services as leads
from crm.leads.models import Lead
from crm.leads.queries.evidenced import pieces_of
from tests.builders import a_lead, actor
from tests.claims.stories import PNG, admit, at, evidence

NOW = at("2026-11-02 10:00")
WEIGHTS = shipped()[0].settings.weights()


@pytest.mark.parametrize(
    ("types", "expected", "level"),
    [
        ([], Weighed(0, 0, 0), Evidenced.BASIC),
        ([None], Weighed(1, 0, 1), Evidenced.BASIC),
        ([None, None], Weighed(2, 0, 2), Evidenced.GOOD),
        ([None] * 4, Weighed(4, 0, 4), Evidenced.STRONG),
        (["minutes"], Weighed(1, 0, 1), Evidenced.BASIC),
        (["visit"] * 9, Weighed(9, 0, 1), Evidenced.BASIC),
        (["visit", "minutes"], Weighed(2, 0, 2), Evidenced.GOOD),
        (["intent"], Weighed(1, 0, 2), Evidenced.GOOD),
        (["intent", "request"], Weighed(2, 0, 4), Evidenced.STRONG),
        (["agreement"], Weighed(1, 0, 4), Evidenced.STRONG),
        (["other", "other"], Weighed(0, 2, 0), Evidenced.BASIC),
        (["other", None, "visit"], Weighed(2, 1, 2), Evidenced.GOOD),
    ],
)
def test_what_pieces_weigh(types, expected, level):
    found = weigh(types, WEIGHTS)
    assert (found, found.level) == (expected, level)


def test_a_version_from_before_there_were_types_takes_a_piece_for_a_point():
    old = {name: value for name, value in shipped()[0].settings.as_data().items() if not name.startswith("weight_")}
    weights = Settings(**old).weights()
    assert set(weights.values()) == {1}
    assert set(weights) == {one.value for one in WEIGHED}
    assert EvidenceType.FACT not in HANDED_IN


@pytest.mark.parametrize("wrong", [{"weight_visit": -1}, {"weight_visit": 5}, {f"weight_{one}": 0 for one in WEIGHED}])
def test_weights_that_make_no_sense_are_refused(wrong):
    with pytest.raises(RulesUnfit) as refused:
        replace(shipped()[0].settings, **wrong).check()
    assert refused.value.facts["field"].startswith("weight_")


def claim_with(*kinds):
    """What a lead gets that is admitted with such pieces."""
    lead = a_lead(now=NOW)
    for kind in kinds:
        evidence(lead, NOW, kind=kind)
    admit(lead, NOW + timedelta(days=1))
    return queries.live_for(lead.id)


def test_a_first_report_needs_a_type_that_the_rules_accept(desk):
    assert claim_with("other", "other") is None
    claim = claim_with("other", "intent")
    assert (claim.evidence_count, claim.evidence_level, claim.evidenced) == (1, "good", Evidenced.GOOD)
    assert claim_with(None).evidenced is Evidenced.BASIC
    assert claim_with("agreement").evidenced is Evidenced.STRONG


def test_what_was_granted_before_there_were_types_says_it_by_its_count(desk):
    claim = claim_with(None)
    claim.evidence_level, claim.evidence_count = None, 4
    assert claim.evidenced is Evidenced.STRONG


@pytest.mark.only_on("sqlite")
def test_a_type_that_a_new_version_does_not_accept_counts_no_more(desk):
    new = replace(shipped()[0].settings, weight_introduction=0)
    with unit_of_work():
        services.add_rules(Protection("2026-12", NOW.date(), new, "test"), actor=actor("sysadmin"), now=NOW)
    assert claim_with("introduction") is None
    assert claim_with("introduction", "visit").evidence_count == 1


@pytest.mark.only_on("sqlite")
def test_only_accepted_pieces_prove_first_talks(desk):
    lead = a_lead(now=NOW)
    for kind in ("other", None, "visit"):
        evidence(lead, NOW, kind=kind)
    assert pieces_of([lead.id]) == {lead.id: 2}


def file_of(lead):
    return files.of_lead(lead.id)[0]


def test_a_piece_is_given_its_type_afterwards(desk):
    lead = a_lead(now=NOW)
    evidence(lead, NOW, kind="other")
    with unit_of_work():
        leads.type_evidence(file_of(lead).public_id, EvidenceType.INTENT, actor=actor(), now=NOW)
    admit(lead, NOW + timedelta(days=1))
    assert queries.live_for(lead.id).evidenced is Evidenced.GOOD
    with unit_of_work():
        leads.type_evidence(file_of(lead).public_id, EvidenceType.OTHER, actor=actor(), now=NOW)
    assert queries.live_for(lead.id).evidenced is Evidenced.GOOD, "granted is granted"
    assert db.session.query(AuditLine).filter_by(action="file.typed").count() == 2


@pytest.mark.only_on("sqlite")
def test_who_may_not_add_files_gives_none_a_type(desk):
    lead = a_lead(now=NOW)
    evidence(lead, NOW)
    for who, refusal in (("officer.baoan", NotFound), ("leader", Forbidden)):
        with pytest.raises(refusal), unit_of_work():
            leads.type_evidence(file_of(lead).public_id, EvidenceType.INTENT, actor=actor(who), now=NOW)
    evidence(lead, NOW, kind="fact")
    for kind in (EvidenceType.FACT, EvidenceType.INTENT):
        with pytest.raises(NotFound), unit_of_work():
            leads.type_evidence(file_of(lead).public_id, kind, actor=actor(), now=NOW)


@pytest.mark.only_on("sqlite")
class TestOnPages:
    """Registering, assessing, the lead's page."""

    def test_registering_with_files_asks_for_their_type(self, app, signed_in):
        browser = signed_in("officer.nanshan")
        once = browser.get("/leads/new").root.first("input", name="once").get("value")
        typed = {"disclosed": "yes", "investor": "朝凪传感器", "country": "JP", "title": "工厂", "source": "visit", "once": once}

        def send(status, **more):
            data = {**typed, "evidence": [(io.BytesIO(PNG), "letter.png")], **more}
            return browser.post("/leads/new", data, status=status, content_type="multipart/form-data")

        page = send(422)
        assert "请选择佐证类型" in page.html
        assert "朝凪传感器" in page.html
        send(303, evidence_type="request")
        with app.app_context():
            lead = db.session.query(Lead).filter_by(title="工厂").one()
            assert files.evidence_types(lead.id) == ["request"]

    def test_the_assessment_says_what_counts(self, app, signed_in):
        lead = a_lead()
        with app.app_context():
            evidence(db.session.get_one(Lead, lead.id), clock.now(), kind="other")
        browser = signed_in("manager.nanshan")
        page = browser.get(f"/leads/{lead.public_id}/assess")
        assert "另有 1 件的类型现行规则不认可" in page.html
        assert "现在入库不成立首报" in page.html
        with app.app_context():
            public_id = file_of(lead).public_id
        address = f"/leads/files/{public_id}/type"
        assert "请选择佐证类型" in browser.post(address, {"evidence_type": ""}).follow().html
        assert "佐证类型已保存" in browser.post(address, {"evidence_type": "agreement"}).follow().html
        page = browser.get(f"/leads/{lead.public_id}/assess")
        assert "现在入库不成立首报" not in page.html
        assert "充分" in page.html
        browser.post("/leads/files/" + "A" * 22 + "/type", {"evidence_type": ""}, status=404)


def test_the_shipped_rules_name_a_weight_for_each_type():
    text = json.dumps(shipped()[0].settings.as_data())
    assert all(f'"weight_{one}"' in text for one in WEIGHED)
