"""A small city in one database: leads of two districts, open and signed, with all that hangs on them, each text once only."""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from io import BytesIO

from flask import Flask
from openpyxl import Workbook
from sqlalchemy import select

from crm.accounts import services as accounts
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.workbooks.reading import read_sheets
from crm.exchange import services as exchange
from crm.exchange.models import Import
from crm.fields.rules import FIELDS
from crm.files import services as files
from crm.fillings import services as fillings
from crm.fillings.rules.layout import layout_of
from crm.jobs import services as jobs
from crm.leads import services as leads
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.leads.rules.lead import NewContact, NewParty, Outcome, PartyRole, Stage
from crm.notifications.models import Notification
from crm.pipeline import services as pipeline
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.sharing import services as sharing
from crm.sharing.rules import Level, ShareRole, Terms, Tier
from crm.visits import services as visits
from crm.visits.rules import Kind, NewProgress
from tests.builders import a_lead, a_unit, actor, make_ready, new_lead, someone

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6300010000000500010d0a2db40000000049454e44ae426082"
)
CSV = "项目名称,投资方\n一号,Ostrelund AB\n".encode()
# What stands in the fields of a lead: the word and the row of the table that says who may read it.
CANARIES = {
    "investor": ("lead", "read_names"),
    "title": ("lead", "read_names"),
    "note": ("lead", "read_detail"),
    "park": ("lead", "read_detail"),
    "introducer": ("lead", "read_detail"),
    "partner": ("lead", "read_detail"),
    "progress": ("lead", "read_detail"),
    "step": ("lead", "read_detail"),
    "file": ("file", "read"),
}


@dataclass
class Sample:
    """One lead, with the words that only it holds."""

    lead: Lead
    unit: str
    words: dict[str, str]
    file: str
    contact: str = ""
    company: str = ""
    share: str = ""
    request: str = ""


@dataclass
class World:
    """What stands in the database, by name."""

    samples: dict[str, Sample] = field(default_factory=dict)
    imports: dict[str, str] = field(default_factory=dict)
    jobs: dict[str, str] = field(default_factory=dict)
    fillings: dict[str, str] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)
    link: str = ""


def build(app: Flask) -> World:
    """Everything that a page can be about, made by the services that make it."""
    world = World()
    with app.app_context():
        for name, unit, signed in (
            ("nanshan.open", "nanshan", False), ("nanshan.signed", "nanshan", True),
            ("baoan.open", "baoan", False), ("baoan.signed", "baoan", True),
        ):  # fmt: skip
            world.samples[name] = _sample(app, name, unit, signed)
        with unit_of_work():
            again = new_lead(investor=world.samples["nanshan.open"].words["investor"] + " GmbH", title="again")
            leads.report_again(_lead(world, "nanshan.open"), again, actor=actor("officer.baoan"), now=clock.now())
        for username in ("officer.nanshan", "coordinator"):
            _own_things(app, world, username)
        with unit_of_work():
            user = someone("officer.baoan")
            world.link = accounts.make_link(user, now=clock.now())
        for sample in world.samples.values():
            db.session.refresh(sample.lead)
        db.session.remove()
    return world


def _lead(world: World, name: str) -> Lead:
    return db.session.get_one(Lead, world.samples[name].lead.id)


def _word(kind: str, name: str) -> str:
    """A word that stands nowhere else: letters only, so that nothing takes it apart."""
    unique = sum(ord(char) * 31**place for place, char in enumerate(f"{kind}/{name}")) % 26**6
    letters = ""
    for _ in range(6):
        unique, rest = divmod(unique, 26)
        letters += chr(97 + rest)
    return f"Q{letters}x"


def _sample(app: Flask, name: str, district: str, signed: bool) -> Sample:
    words = {kind: _word(kind, name) for kind in CANARIES}
    phone = f"+4930{sum(map(ord, name)):07d}"
    words |= {
        "contact": _word("contact", name),
        "phone": phone,
        "email": f"{_word('mail', name).lower()}@firm-{district}-{int(signed)}.example",
    }
    officer, manager, now = f"officer.{district}", f"manager.{district}", clock.now()
    lead = a_lead(
        f"{words['investor']} GmbH", by=officer, title=f"{words['title']} works", note=words["note"], park=words["park"],
        introducer=words["introducer"], parties=(NewParty(PartyRole.CHINESE_PARTNER, f"{words['partner']} Ltd"),),
        contacts=(NewContact(words["contact"], "CFO", phone, words["email"]),), next_step=words["step"],
        next_due=clock.today() + timedelta(days=3), district_ids=(a_unit("SZ-NS").id,),
    )  # fmt: skip
    with unit_of_work():
        stored = files.store_file(
            PNG + name.encode(), f"{words['file']}.png", purpose="evidence", root=app.config["FILES_PATH"], actor=actor(officer),
            now=now, lead_id=lead.id,
        )  # fmt: skip
        file = stored.public_id
    with unit_of_work():
        progress = NewProgress(kind=Kind.VISIT, on=clock.today(), text=words["progress"], whom="the board")
        visits.log_progress(lead.public_id, progress, actor=actor(officer), now=now)
    if signed:
        with unit_of_work():
            leads.assess_lead(lead.public_id, Outcome.ADMITTED, "", city="SZ", actor=actor(manager), now=now)
        make_ready(lead, Stage.SIGNED)
        for stage in (Stage.NEGOTIATING, Stage.SIGNED):
            with unit_of_work():
                pipeline.move_stage(lead.public_id, stage, clock.today(), "moved on", opened=None, actor=actor(manager), now=now)
    with unit_of_work():
        from crm.companies.models import Contact

        contact = db.session.scalar(select(Contact.public_id).where(Contact.lead_id == lead.id)) or ""
    share, request = _hand_on(lead.public_id, officer, manager)
    stored_lead = db.session.get_one(Lead, lead.id)
    assert stored_lead.investor is not None
    return Sample(stored_lead, district, words, file, contact, stored_lead.investor.public_id, share, request)


def _hand_on(public_id: str, officer: str, manager: str) -> tuple[str, str]:
    """A share with a unit that nobody here is of, and the owner's wish for another."""
    terms = Terms(ShareRole.ASSIST, Level.READ, Tier.DETAIL, clock.today() + timedelta(days=30))
    made = []
    for username, code in ((manager, "SZ-LG"), (officer, "SZ-LH")):
        with unit_of_work():
            who = actor(username)
            lead = access.locked_lead(public_id, actor=who, action="read_detail")
            holder = sharing.Holder(a_unit(code))
            made.append(sharing.share_lead(lead, holder, terms, actor=who, now=clock.now()).public_id)
    return made[0], made[1]


@cache
def table() -> bytes:
    """An empty table with a column for every field there is."""
    book = Workbook()
    for at, one in enumerate([("序号",), *(one.called for one in FIELDS.values() if one.called)], start=1):
        book.active.cell(1, at, one[0])
    made = BytesIO()
    book.save(made)
    return made.getvalue()


def _own_things(app: Flask, world: World, username: str) -> None:
    who, now = actor(username), clock.now()
    with unit_of_work():
        file = files.store_file(CSV, "list.csv", purpose="import", root=app.config["FILES_PATH"], actor=who, now=now)
        batch: Import = exchange.start_import(file, kind="leads", unit=someone(username).unit, admit=False, actor=who, now=now)
        job = jobs.enqueue("exchange.judge", {"import_id": batch.id}, actor=who, now=now)
        world.imports[username], world.jobs[username] = batch.public_id, job.public_id
        empty = files.store_file(table(), "empty.xlsx", purpose="import", root=app.config["FILES_PATH"], actor=who, now=now)
        layout = layout_of(read_sheets(table(), "xlsx"))
        filling = fillings.start_filling(empty, layout, asked=None, template=None, actor=who, now=now)
        world.fillings[username] = filling.public_id
        message = db.session.scalar(select(Notification.public_id).where(Notification.user_id == who.user_id).limit(1))
        world.messages[username] = message or ""


def standing(sample: Sample, who: Actor) -> policy.Standing:
    """How somebody stands to a sample, computed from the table's rule."""
    lead = sample.lead
    return policy.towards_lead(who, lead)
