"""A city in which leads are shared and sealed in every way, and people who stand to them in every way; each text once only."""

from dataclasses import dataclass, field
from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from crm.companies.models import Contact
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.deputies import services as deputies
from crm.files import services as files
from crm.leads import services as leads
from crm.leads.models import Lead
from crm.leads.rules.lead import NewContact, NewParty, Outcome, PartyRole, Stage
from crm.leads.services import share as sharing
from crm.pipeline import services as pipeline
from crm.policy.rules import Role
from crm.sharing.rules import Level, Sealing, ShareRole, Terms, Tier
from crm.visits import services as visits
from crm.visits.rules import Kind, NewProgress
from tests.builders import a_lead, a_person, a_unit, actor, make_ready, someone
from tests.transfers.stories import card_of, offered
from tests.web.world import CANARIES, PNG, _word

# Everybody who stands differently to a lead that Nanshan follows: username -> (role, unit), beside those of USERNAMES.
MORE = {
    "colleague.nanshan": (Role.OFFICER, "SZ-NS"),
    "reporter.futian": (Role.OFFICER, "SZ-FT"),
    "holder.longgang": (Role.OFFICER, "SZ-LG"),
    "stranger.longgang": (Role.OFFICER, "SZ-LG"),
    "deputy.nanshan": (Role.OFFICER, "SZ-NS"),  # does the desk of the officer who leads them all
}
PEOPLE = (
    "officer.nanshan", "colleague.nanshan", "deputy.nanshan", "manager.nanshan", "reporter.futian", "officer.baoan", "manager.baoan",
    "holder.longgang", "stranger.longgang", "coordinator", "leader", "auditor", "sysadmin", "secadmin",
)  # fmt: skip
UNIT, PERSON = "SZ-BA", "holder.longgang"
# Whom the person's share is for, where it is somebody of the following unit.
INSIDE = {"sealed.inside": "colleague.nanshan"}
# Each lead: (signed, level and tier of the unit's share, of the person's, sealed)
LEADS = {
    "open": (False, None, None, False),
    "signed": (True, None, None, False),
    "card.open": (False, (Level.READ, Tier.CARD), None, False),
    "card.signed": (True, (Level.READ, Tier.CARD), None, False),
    "read.open": (False, (Level.READ, Tier.DETAIL), None, False),
    "edit.open": (False, (Level.EDIT, Tier.DETAIL), None, False),
    "contacts.open": (False, (Level.READ, Tier.CONTACTS), None, False),
    "person.open": (False, None, (Level.EDIT, Tier.CONTACTS), False),
    "sealed.open": (False, None, None, True),
    "sealed.signed": (True, None, None, True),
    "sealed.read": (False, (Level.READ, Tier.DETAIL), None, True),
    "sealed.card": (True, (Level.READ, Tier.CARD), (Level.READ, Tier.CONTACTS), True),
    "sealed.inside": (False, None, (Level.READ, Tier.CARD), True),
}
# Offered to Bao'an without names, and open for hosting.
OFFERED, OPEN = ("open", "sealed.open", "card.signed"), ("person.open", "sealed.signed")


@dataclass
class Shared:
    """One lead with the words that only it holds."""

    id: int
    public_id: str
    words: dict[str, str]
    file: str
    contact: str
    company: str
    total: int
    transfer: str = "A" * 22
    card: str = "A" * 22


@dataclass
class City:
    """All of them, by name."""

    leads: dict[str, Shared] = field(default_factory=dict)


def build(app: Flask) -> City:
    """The city, made by the services that make it; names are told in messages before they are sealed."""
    city = City()
    with app.app_context():
        for username, (role, unit) in MORE.items():
            a_person(username, role, unit)
        with unit_of_work():
            desk, to, today = someone("officer.nanshan"), someone("deputy.nanshan"), clock.today()
            deputies.hand_desk(desk, to, today, today + timedelta(days=9), "", actor=actor("officer.nanshan"), now=clock.now())
        for number, name in enumerate(LEADS, start=1):
            city.leads[name] = _lead(app, name, number)
        for name, (_signed, unit, person, sealed) in LEADS.items():
            _hand_on(city.leads[name].public_id, unit, person, INSIDE.get(name, PERSON))
            if sealed:
                _seal(city.leads[name])
        for name in OFFERED:  # to a unit that reads a card and no names
            city.leads[name].transfer = offered(db.session.get_one(Lead, city.leads[name].id))
        for name in OPEN:
            city.leads[name].card = card_of(db.session.get_one(Lead, city.leads[name].id))
        db.session.remove()
    return city


def share(public_id: str, *, level: Level = Level.READ, tier: Tier = Tier.DETAIL, unit: str | None = UNIT, user: str | None = None,
          days: int = 30, by: str = "manager.nanshan"):  # fmt: skip
    """A share of a lead with a unit, or a person."""
    terms = Terms(ShareRole.ASSIST, level, tier, clock.today() + timedelta(days=days))
    with unit_of_work():
        unit_id, user_id = (None, someone(user).id) if user else (a_unit(unit or UNIT).id, None)
        return sharing.share_lead(public_id, terms, unit_id=unit_id, user_id=user_id, actor=actor(by), now=clock.now())


def seal(public_id: str, code_name: str, *, days: int = 30, by: str = "officer.nanshan", consent: bool = True) -> None:
    """A code name for a lead, and the coordinator's consent."""
    with unit_of_work():
        sealing = Sealing(code_name, clock.today() + timedelta(days=days), "the board decides in May")
        sharing.seal_lead(public_id, sealing, actor=actor(by), now=clock.now())
    if consent:
        with unit_of_work():
            sharing.consent_seal(public_id, agreed=True, reason="agreed", actor=actor("coordinator"), now=clock.now())


def _hand_on(public_id: str, unit: tuple[Level, Tier] | None, person: tuple[Level, Tier] | None, holder: str) -> None:
    if unit:
        share(public_id, level=unit[0], tier=unit[1])
    if person:
        share(public_id, level=person[0], tier=person[1], user=holder)


def _seal(lead: Shared) -> None:
    seal(lead.public_id, lead.words["code"])


def _lead(app: Flask, name: str, number: int) -> Shared:
    words = {kind: _word(kind, f"shared.{name}") for kind in (*CANARIES, "code", "contact")}
    words["phone"], words["email"] = f"+49301{number:06d}77", f"{_word('mail', name).lower()}@firm-{number}.example"
    now = clock.now()
    lead = a_lead(
        f"{words['investor']} GmbH", by="reporter.futian", unit="SZ-NS", title=f"{words['title']} works", note=words["note"],
        park=words["park"], introducer=words["introducer"], next_step=words["step"], next_due=clock.today() + timedelta(days=3),
        parties=(NewParty(PartyRole.CHINESE_PARTNER, f"{words['partner']} Ltd"),),
        contacts=(NewContact(words["contact"], "CFO", words["phone"], words["email"]),),
    )  # fmt: skip
    public_id, owner = lead.public_id, someone("officer.nanshan").id
    with unit_of_work():
        row = db.session.get_one(Lead, lead.id)
        row.owner_id, row.total_cny, row.total_verified = owner, 2**number * 10**10, True
    with unit_of_work():
        who = actor("officer.nanshan")
        file = files.store_file(
            PNG + name.encode(), f"{words['file']}.png", purpose="evidence", root=app.config["FILES_PATH"], actor=who, now=now,
            lead_id=lead.id,
        ).public_id  # fmt: skip
        progress = NewProgress(kind=Kind.VISIT, on=clock.today(), text=words["progress"], whom="the board")
        visits.log_progress(public_id, progress, actor=who, now=now)
    with unit_of_work():
        leads.assess_lead(public_id, Outcome.ADMITTED, "", city="SZ", actor=actor("manager.nanshan"), now=now)
    if LEADS[name][0]:
        make_ready(lead, Stage.SIGNED)
        for stage in (Stage.NEGOTIATING, Stage.SIGNED):
            with unit_of_work():
                pipeline.move_stage(
                    public_id, stage, clock.today(), "moved on", opened=None, actor=actor("manager.nanshan"), now=now
                )
    with unit_of_work():
        contact = db.session.scalar(select(Contact.public_id).where(Contact.lead_id == lead.id)) or ""
        stored = db.session.get_one(Lead, lead.id)
        assert stored.investor is not None
        return Shared(stored.id, public_id, words, file, contact, stored.investor.public_id, 2**number * 10**10)
