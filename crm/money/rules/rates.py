"""Rates that look like a slip."""

from decimal import Decimal

FAR = Decimal("0.2")


def far_from(value: Decimal, before: Decimal | None) -> bool:
    """Whether a rate is more than a fifth off the one before it."""
    return before is not None and abs(value - before) > before * FAR
