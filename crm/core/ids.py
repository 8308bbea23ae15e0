"""Random identifiers for URLs, sessions and one-time links."""

import hashlib
import secrets
from collections.abc import Callable

_factory: Callable[[int], str] = secrets.token_urlsafe


def new_public_id() -> str:
    """22 URL-safe characters, 128 random bits: what a record is called in a URL."""
    return _factory(16)


def new_secret() -> str:
    """43 URL-safe characters, 256 random bits: session tokens and one-time links. Stored only as `digest`."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """SHA-256 of a secret, in hex: what is stored of it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def use_factory(factory: Callable[[int], str]) -> None:
    """Replace the source of public ids (tests and seeded demo data)."""
    global _factory
    _factory = factory


def use_random() -> None:
    """Go back to the random source."""
    use_factory(secrets.token_urlsafe)
