"""The packs themselves: each belongs to who had it made, as whom they had it made."""

from sqlalchemy import select

from crm.batches.models import Edition
from crm.batches.queries import editions
from crm.batches.rules.periods import EditionKind
from crm.core.db import db
from crm.core.errors import NotFound
from crm.files.models import StoredFile
from crm.meetings.models import MeetingPack
from crm.meetings.rules import PackState
from crm.policy import rules as policy
from crm.policy.rules import Actor


def edition_for(city: str, kind: str, public_id: str) -> tuple[Edition | None, EditionKind]:
    """The edition that a meeting is about: the one named, else the newest of a kind, else the newest of all; and its kind. None:
    nothing of that kind is frozen yet. NotFound for a name that is none.
    """
    if public_id:
        found = editions.by_public_id(public_id)
        return found, EditionKind(found.kind)
    if kind in tuple(EditionKind):
        return editions.newest(city, EditionKind(kind)), EditionKind(kind)
    last = editions.latest_of(city)
    return last, EditionKind(last.kind) if last is not None else EditionKind.WEEKLY


def visible_pack(public_id: str, *, actor: Actor) -> MeetingPack:
    """The pack that this person had made, and may still read as it was: NotFound for anybody else's, and since they work in
    another unit or role.
    """
    found = db.session.scalar(select(MeetingPack).where(MeetingPack.public_id == public_id))
    if found is None or (found.role, found.unit_id) != (actor.role.value, actor.unit_id):
        raise NotFound
    policy.require(policy.towards_self(actor, found.asked_by_id), "meeting_pack", "read", seen_by="none")
    return found


def file_of(public_id: str, form: str, *, actor: Actor) -> StoredFile:
    """A pack as a file of a `form` (docx, pdf); NotFound when it is not theirs, or not made."""
    pack = visible_pack(public_id, actor=actor)
    found = {"docx": pack.docx, "pdf": pack.pdf}.get(form)
    if found is None or pack.state != PackState.DONE:
        raise NotFound
    return found


def mine(actor: Actor, *, limit: int = 10) -> list[MeetingPack]:
    """The packs that somebody had made as who they are now, the newest first."""
    query = select(MeetingPack).where(
        MeetingPack.asked_by_id == actor.user_id, MeetingPack.role == actor.role.value, MeetingPack.unit_id == actor.unit_id
    )  # fmt: skip
    return list(db.session.scalars(query.order_by(MeetingPack.id.desc()).limit(limit)))


def by_id(pack_id: int) -> MeetingPack:
    """The pack of an id, as it is now; for the job."""
    return db.session.get_one(MeetingPack, pack_id, populate_existing=True)
