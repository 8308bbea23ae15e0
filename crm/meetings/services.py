"""Having a pack made: asked for with a serial number at once, made by a job, kept as two files."""

from datetime import datetime

from crm.accounts import queries as accounts
from crm.audit import services as audit
from crm.batches.models import Edition
from crm.core import clock
from crm.core.db import db
from crm.core.numbers import next_number
from crm.files import services as files
from crm.jobs import services as jobs
from crm.meetings.models import MeetingPack
from crm.meetings.rules import PackState
from crm.notifications import services as notifications
from crm.policy import rules as policy
from crm.policy.rules import Actor

STEPS = 4


def ask_pack(edition: Edition, *, lang: str, city: str, actor: Actor, now: datetime) -> MeetingPack:
    """Ask for the pack of an edition, in a language ("zh", "en"): it has its number, a job makes it. Raises Forbidden."""
    policy.require(policy.of_role(actor), "meeting_pack", "make", seen_by="list")
    year = clock.city_day(now).year
    serial = f"{city}-HY-{year}-{next_number('meeting-pack', year):05d}"
    pack = MeetingPack(
        serial=serial, edition_id=edition.id, lang=lang, asked_by_id=actor.user_id, role=actor.role.value, unit_id=actor.unit_id,
        asked_at=now, state=PackState.WAITING,
    )  # fmt: skip
    db.session.add(pack)
    db.session.flush()
    pack.job_id = jobs.enqueue("meetings.make", {"pack_id": pack.id}, actor=actor, now=now, total=STEPS).id
    facts = {"serial": serial, "kind": edition.kind, "number": edition.number}
    audit.record("meeting.asked", subject=("meeting_pack", pack), facts=facts, actor=actor, now=now)
    db.session.flush()
    return pack


def keep_pack(pack: MeetingPack, docx: bytes, pdf: bytes, *, name: str, root: str, actor: Actor, now: datetime) -> None:
    """Keep what was made, under a `name` without ending. Raises FileRefused."""
    kept = {
        form: files.store_file(content, f"{name}.{form}", purpose="result", root=root, actor=actor, now=now)
        for form, content in (("docx", docx), ("pdf", pdf))
    }
    pack.docx_id, pack.pdf_id = kept["docx"].id, kept["pdf"].id
    pack.state, pack.finished_at = PackState.DONE, now
    audit.record("meeting.made", subject=("meeting_pack", pack), facts={"serial": pack.serial}, actor=actor, now=now)
    _tell(pack, "meeting.made", now)


def give_up(pack: MeetingPack, why: str, *, actor: Actor | None, now: datetime) -> None:
    """Say why it could not be made; its number is not given again."""
    pack.state, pack.why, pack.finished_at = PackState.FAILED, why[:200], now
    facts = {"serial": pack.serial, "why": pack.why}
    audit.record("meeting.failed", subject=("meeting_pack", pack), facts=facts, actor=actor, now=now)
    _tell(pack, "meeting.failed", now)


def _tell(pack: MeetingPack, code: str, now: datetime) -> None:
    facts = {"serial": pack.serial}
    subject = ("meeting_pack", pack.public_id)
    notifications.notify([pack.asked_by_id], code, subject=subject, facts=facts, actor=None, now=now)


def starter(pack: MeetingPack) -> Actor | None:
    """Who asked for it, while they are who they were; None when their account is closed, or their role or unit is another."""
    user = accounts.by_id(pack.asked_by_id)
    if user is None or not user.is_active:
        return None
    actor = user.as_actor()
    return actor if (actor.role.value, actor.unit_id) == (pack.role, pack.unit_id) else None
