"""Random histories: register, prove, assess, share, seal, offer, accept, hand over, return, run out, release. A small model says
which act is refused and what stands afterwards; every act that succeeded left its line in the trail, a refused one none.
"""

from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import func, select

from crm.audit import queries as audit
from crm.audit.models import AuditLine
from crm.audit.rules import first_break
from crm.claims import queries as claims
from crm.claims.models import Claim
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import Refusal
from crm.credit import queries as credit
from crm.credit.rules import FULL, Indicator, ShareModel, Terms
from crm.files import services as files
from crm.leads import jobs as watch
from crm.leads import services as leads
from crm.leads.models import Lead
from crm.leads.rules.lead import Outcome
from crm.leads.services import share as handing
from crm.sharing import queries as sharing
from crm.sharing.rules import Level, Sealing, ShareRole, Tier
from crm.sharing.rules import Terms as ShareTerms
from crm.transfers import jobs as lapsing
from crm.transfers import services as transfers
from crm.transfers.models import Transfer
from crm.transfers.services import NewOffer
from tests import databases
from tests.builders import a_lead, a_unit, actor, someone
from tests.claims.stories import PNG
from tests.game.model import MOST, PEOPLE, START, STEMS, Given, Known, Offer, is_assessable, leads_, other_side, rights_, units_


class Board(RuleBasedStateMachine):
    """One board from its first lead on. `kind`: on which database."""

    kind = "sqlite"

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.app = databases.fresh(self.kind)
        self.stack.enter_context(self.app.app_context())
        self.known: list[Known] = []
        self.trail: Counter[str] = Counter()
        self.now: datetime = START
        self.names = 0

    def teardown(self) -> None:
        db.session.rollback()
        assert first_break(audit.links()) is None, "the chain of the trail is broken"
        db.session.rollback()
        self.stack.close()
        databases.release(self.app)

    @property
    def today(self) -> date:
        return clock.city_day(self.now)

    def does(self, allowed: bool, act: Callable[[], Any], *lines: str) -> Any:
        """Do it: it succeeds when the model allows it, and leaves these lines."""
        refused, done = None, None
        with clock.fixed(self.now):
            try:
                with unit_of_work():
                    done = act()
            except Refusal as refusal:
                refused = refusal
        assert allowed == (refused is None), refused or "it should have been refused"
        if refused is not None:
            return None
        self.trail.update(lines)
        return done

    def one(self, number: int, fits: Callable[[Known], bool] = lambda _known: True) -> Known:
        some = [known for known in self.known if fits(known)] or self.known
        return some[number % len(some)]

    @initialize(unit=units_)
    def first(self, unit: str) -> None:
        self.registers(unit)

    def registers(self, unit: str) -> None:
        officer = PEOPLE[unit][0]
        with clock.fixed(self.now):
            lead = a_lead(by=officer, now=self.now)
            self.known.append(Known(lead.id, lead.public_id, unit, unit, officer, {unit: FULL}))
        self.trail["lead.logged"] += 1

    @precondition(lambda self: len(self.known) < MOST)
    @rule(unit=units_)
    def registers_another(self, unit: str) -> None:
        self.registers(unit)

    @precondition(lambda self: any(known.proofs < 2 for known in self.known))
    @rule(number=leads_)
    def proves(self, number: int) -> None:
        known = self.one(number, lambda known: known.proofs < 2)
        known.proofs += 1
        content = PNG + f"{known.id} {known.proofs}".encode()
        root, who = self.app.config["FILES_PATH"], actor(PEOPLE[known.reporter][0])

        def act() -> None:
            files.store_file(
                content, "letter.png", purpose="evidence", root=root, actor=who, now=self.now, lead_id=known.id
            )  # fmt: skip

        self.does(True, act, "file.stored")

    @precondition(lambda self: any(is_assessable(known) for known in self.known))
    @rule(number=leads_, right=rights_, city=st.booleans())
    def assesses(self, number: int, right: bool, city: bool) -> None:
        known = self.one(number, is_assessable)
        unit = known.unit if right else other_side(known.unit)
        who = actor("coordinator" if city else PEOPLE[unit][1])
        allowed = city or unit == known.unit
        grants = allowed and known.proofs > 0 and not known.live and (city or not known.released)
        lines = ["lead.assessed", *(["claim.granted"] if grants else [])]
        act = lambda: leads.assess_lead(known.public_id, Outcome.ADMITTED, "", city="SZ", actor=who, now=self.now)  # noqa: E731
        self.does(allowed, act, *lines)
        known.live = known.live or grants

    @rule(number=leads_, to=units_, right=rights_)
    def shares(self, number: int, to: str, right: bool) -> None:
        known, until = self.one(number), self.today + timedelta(days=60)
        by = known.unit if right else other_side(known.unit)
        allowed = by == known.unit and to != known.unit and known.shares.get(to) != until
        terms = ShareTerms(ShareRole.ASSIST, Level.READ, Tier.DETAIL, until, "")
        who, unit = actor(PEOPLE[by][1]), a_unit(to).id
        act = lambda: handing.share_lead(known.public_id, terms, unit_id=unit, user_id=None, actor=who, now=self.now)  # noqa: E731
        if by != known.unit and known.shares.get(by, date.min) >= self.today:
            allowed = False  # a share gives no right to share
        self.does(allowed, act, "lead.shared")
        if allowed:
            known.shares[to] = until

    @rule(number=leads_, right=rights_)
    def asks_for_a_code_name(self, number: int, right: bool) -> None:
        known, until = self.one(number), self.today + timedelta(days=30)
        by = known.unit if right else other_side(known.unit)
        who = actor(PEOPLE[by][1])
        self.names += 1
        name = STEMS[self.names // len(STEMS) % len(STEMS)] + STEMS[self.names % len(STEMS)] + str(self.names)
        allowed = by == known.unit and (known.seal is None or known.seal[1] < self.today)
        sealing = Sealing(name, until, "not to be named yet")
        self.does(allowed, lambda: handing.seal_lead(known.public_id, sealing, actor=who, now=self.now), "lead.seal_asked")
        if allowed:
            known.seal = (name, until, False)

    @precondition(lambda self: any(known.seal for known in self.known))
    @rule(number=leads_)
    def consents(self, number: int) -> None:
        known, who = self.one(number, lambda known: known.seal is not None), actor("coordinator")
        allowed = known.seal is not None and not known.seal[2] and known.seal[1] >= self.today
        act = lambda: handing.consent_seal(known.public_id, agreed=True, reason="yes", actor=who, now=self.now)  # noqa: E731
        self.does(allowed, act, "lead.seal_answered")
        if allowed and known.seal:
            known.seal = (*known.seal[:2], True)

    @precondition(lambda self: any(known.seal for known in self.known))
    @rule(number=leads_)
    def unseals(self, number: int) -> None:
        known, who = self.one(number), actor("coordinator")
        self.does(
            known.seal is not None, lambda: handing.unseal_lead(known.public_id, "public", actor=who, now=self.now),
            "lead.unsealed",
        )  # fmt: skip
        known.seal = None

    @rule(number=leads_, elsewhere=rights_, right=rights_, keeps=st.sampled_from((0, 3333, 5000, 10000)))
    def offers(self, number: int, elsewhere: bool, right: bool, keeps: int) -> None:
        known = self.one(number)
        to, by = (other_side(known.unit) if elsewhere else known.unit), known.unit if right else other_side(known.unit)
        self.offered(known, to, by, keeps)

    def offered(self, known: Known, to: str, by: str, keeps: int) -> None:
        who = actor(PEOPLE[by][1])
        before = known.offer
        lapsed = before is not None and not before.accepted and before.answer_by < self.today
        allowed = by == known.unit and to != known.unit and (before is None or lapsed)
        new = NewOffer(a_unit(to), "no room", Terms(ShareModel.AGREED, keeps))
        lines = ["transfer.offered", *(["transfer.lapsed"] if lapsed else [])]
        made = self.does(
            allowed, lambda: transfers.offer_transfer(known.public_id, new, actor=who, now=self.now), *lines
        )  # fmt: skip
        if made is not None:
            known.offer = Offer(made.public_id, to, keeps, made.answer_by)

    @precondition(lambda self: any(known.offer for known in self.known))
    @rule(number=leads_, right=rights_)
    def accepts(self, number: int, right: bool) -> None:
        offer = self.one(number, lambda known: known.offer is not None).offer
        assert offer is not None
        by = offer.to if right else other_side(offer.to)
        self.accepted(offer, by)

    def accepted(self, offer: Offer, by: str) -> None:
        allowed = by == offer.to and not offer.accepted and offer.answer_by >= self.today
        who = actor(PEOPLE[by][1])
        self.does(allowed, lambda: transfers.accept(offer.public_id, actor=who, now=self.now), "transfer.accepted")
        offer.accepted = offer.accepted or allowed

    @precondition(lambda self: any(known.offer and known.offer.accepted for known in self.known))
    @rule(number=leads_, right=rights_)
    def takes_over(self, number: int, right: bool) -> None:
        known = self.one(number, lambda known: known.offer is not None and known.offer.accepted)
        offer = known.offer
        assert offer is not None
        by = offer.to if right else other_side(offer.to)
        self.handed_over(known, offer, by)

    @rule(number=leads_, keeps=st.sampled_from((0, 3333, 5000, 10000)))
    def passes_on(self, number: int, keeps: int) -> None:
        """The whole way at once, where nothing stands in it: else few histories would come to a return."""
        known = self.one(number)
        if known.offer is None:
            self.offered(known, other_side(known.unit), known.unit, keeps)
        offer = known.offer
        assert offer is not None
        if not offer.accepted:
            self.accepted(offer, offer.to)
        if offer.accepted:
            self.handed_over(known, offer, offer.to)

    def handed_over(self, known: Known, offer: Offer, by: str) -> None:
        who, owner = actor(PEOPLE[by][1]), someone(PEOPLE[offer.to][0]).id
        done = self.does(
            by == offer.to and offer.accepted, lambda: transfers.take_over(offer.public_id, owner, actor=who, now=self.now),
            "transfer.handed_over", "lead.handed_over", "credit.shared",
        )  # fmt: skip
        if done is None:
            return
        assert done.return_by is not None
        known.given = Given(offer.public_id, known.unit, offer.to, known.owner, dict(known.parts), done.return_by)
        had = known.parts.get(known.unit, 0)
        kept = had * offer.keeps // FULL
        known.parts |= {known.unit: kept, offer.to: known.parts.get(offer.to, 0) + had - kept}
        known.unit, known.owner, known.offer = offer.to, PEOPLE[offer.to][0], None
        known.shares.pop(offer.to, None)

    @precondition(lambda self: any(known.given for known in self.known))
    @rule(number=leads_, right=rights_)
    def gives_back(self, number: int, right: bool) -> None:
        known = self.one(number, lambda known: known.given is not None)
        given = known.given
        assert given is not None
        by = given.to if right else other_side(given.to)
        waits = known.offer is not None
        allowed = by == given.to and not waits and self.today <= given.return_by
        who = actor(PEOPLE[by][1])
        act = lambda: transfers.return_lead(given.public_id, "not for us", actor=who, now=self.now)  # noqa: E731
        self.does(allowed, act, "transfer.returned", "lead.handed_over", "credit.taken_back")
        if allowed:
            known.unit, known.owner, known.parts, known.given = given.giver, given.owner, given.parts, None
            known.shares.pop(given.giver, None)

    @rule(days=st.integers(1, 20))
    def days_pass(self, days: int) -> None:
        self.now += timedelta(days=days)
        with clock.fixed(self.now):
            watch.watch_now()
            lapsing.lapse_now()
        for known in self.known:
            if known.offer is not None and not known.offer.accepted and known.offer.answer_by < self.today:
                known.offer = None
                self.trail["transfer.lapsed"] += 1

    @precondition(lambda self: any(known.live for known in self.known))
    @rule(number=leads_)
    def runs_out(self, number: int) -> None:
        """To the end of the clock, a notice, and the release: each refused until its day."""
        known, city = self.one(number, lambda known: known.live), actor("coordinator")
        running = claims.clock_of(known.id, rests=False, now=self.now)
        assert (running is not None) == known.live
        if running is None:
            return
        notice = lambda: leads.give_notice(known.public_id, actor=city, now=self.now)  # noqa: E731
        release = lambda: leads.release_claim(known.public_id, "nothing came", actor=city, now=self.now)  # noqa: E731
        if self.today <= running.clock.due:
            self.now = clock.start_of(running.clock.due) + timedelta(hours=1)
            self.does(False, notice)
            self.now += timedelta(days=1)
        self.does(False, release)
        self.does(True, notice, "claim.noticed")
        self.does(False, release)
        noticed = claims.clock_of(known.id, rests=False, now=self.now)
        assert noticed is not None
        assert noticed.clock.release_from is not None
        self.now = clock.start_of(noticed.clock.release_from) + timedelta(hours=1)
        self.does(True, release, "claim.released")
        known.live, known.released = False, True

    @invariant()
    def the_board_is_as_the_model_says(self) -> None:
        db.session.rollback()
        db.session.expire_all()
        for known in self.known:
            lead = db.session.get_one(Lead, known.id)
            assert lead.following_unit.code == known.unit
            assert (lead.owner.username if lead.owner else None) == known.owner
            live = list(db.session.scalars(select(Claim).where(Claim.lead_id == known.id, Claim.state == "live")))
            assert len(live) == known.live
            assert all(claim.unit_id == lead.registered_unit_id for claim in live), "its holder is who registered it"
            open_ = select(func.count()).where(Transfer.lead_id == known.id, Transfer.state.in_(("open", "accepted")))
            assert db.session.scalar(open_) == (known.offer is not None)
            for indicator in (Indicator.SIGNED, Indicator.UTILISED):
                parts = credit.shares(known.id, indicator, self.today)
                assert parts == {a_unit(code).id: n for code, n in known.parts.items() if n}
                assert sum(parts.values()) == FULL
            held = {share.unit_id for share in sharing.shares_of([known.id]).get(known.id, [])}
            assert held == {a_unit(code).id for code in known.shares}
            name = known.seal[0] if known.seal and known.seal[2] and known.seal[1] >= self.today else None
            with clock.fixed(self.now):
                assert lead.code_name == name
        db.session.rollback()

    @invariant()
    def every_success_left_its_line(self) -> None:
        counted = select(AuditLine.action, func.count()).where(AuditLine.action.in_(WRITTEN)).group_by(AuditLine.action)
        assert {row[0]: row[1] for row in db.session.execute(counted)} == {k: v for k, v in self.trail.items() if v}
        db.session.rollback()


WRITTEN = (
    "claim.granted", "claim.noticed", "claim.released", "credit.shared", "credit.taken_back", "file.stored", "lead.assessed",
    "lead.handed_over", "lead.logged", "lead.seal_answered", "lead.seal_asked", "lead.shared", "lead.unsealed",
    "transfer.accepted", "transfer.handed_over", "transfer.lapsed", "transfer.offered", "transfer.returned",
)  # fmt: skip


def board_on(kind: str) -> type[Board]:
    """The machine on a kind of database."""
    return type(f"BoardOn{kind.title()}", (Board,), {"kind": kind})
