"""The chain: how one line's hash covers the line before it."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Link:
    """What of a stored line the chain covers."""

    seq: int
    prev_hash: str
    hash: str
    at: datetime
    action: str
    actor_id: int | None
    subject_type: str | None
    subject_id: int | None
    payload_digest: str


def digest_of(payload: dict[str, object], algorithm: str = "sha256") -> str:
    """Hash of a payload in canonical JSON. `algorithm` is any name hashlib knows (sha256, sm3 where the library has it)."""
    text = json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.new(algorithm, text.encode("utf-8", "replace")).hexdigest()


def hash_of(
    prev_hash: str,
    *,
    at: datetime,
    action: str,
    actor_id: int | None,
    subject: tuple[str | None, int | None],
    payload_digest: str,
    algorithm: str = "sha256",
) -> str:
    """The hash of a line that follows `prev_hash`."""
    parts = [prev_hash, at.isoformat(), action, str(actor_id), str(subject[0]), str(subject[1]), payload_digest]
    return hashlib.new(algorithm, "\x1f".join(parts).encode()).hexdigest()


def first_break(links: Iterable[Link], algorithm: str = "sha256") -> int | None:
    """`seq` of the first line that does not follow from the one before it; None when the chain holds."""
    prev, expected_seq = GENESIS, 1
    for link in links:
        made = hash_of(
            prev,
            at=link.at,
            action=link.action,
            actor_id=link.actor_id,
            subject=(link.subject_type, link.subject_id),
            payload_digest=link.payload_digest,
            algorithm=algorithm,
        )
        if link.prev_hash != prev or link.hash != made or link.seq != expected_seq:
            return link.seq
        prev, expected_seq = link.hash, expected_seq + 1
    return None
