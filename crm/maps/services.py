"""Putting an official map up, and taking it down."""

import hashlib
from dataclasses import asdict
from datetime import datetime

from crm.audit import services as audit
from crm.core.db import db, lock_key
from crm.core.errors import NotFound
from crm.maps import queries
from crm.maps.models import CityMap
from crm.maps.rules import read_map
from crm.policy.rules import Actor


def put_map(content: bytes, approval_number: str, source: str, *, actor: Actor, now: datetime) -> CityMap:
    """Show this GeoJSON instead of the one before. Raises MapRefused; the one before stays then."""
    drawing = read_map(content, queries.areas())
    lock_key("city_map")
    before = queries.current()
    if before is not None:
        before.retired_at = now
    row = CityMap(
        approval_number=approval_number, source=source, sha256=hashlib.sha256(content).hexdigest(), drawing=asdict(drawing),
        uploaded_by_id=actor.user_id, uploaded_at=now,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    facts = {"approval_number": approval_number, "source": source, "sha256": row.sha256, "areas": len(drawing.outlines)}
    audit.record("map.put", subject=None, facts=facts, actor=actor, now=now)
    return row


def take_map_down(*, actor: Actor, now: datetime) -> None:
    """Show the board's own sketch again; NotFound when there is no map."""
    lock_key("city_map")
    row = queries.current()
    if row is None:
        raise NotFound
    row.retired_at = now
    audit.record("map.taken_down", subject=None, facts={"approval_number": row.approval_number}, actor=actor, now=now)
