"""How exact numbers are kept and written."""

from decimal import Decimal
from fractions import Fraction

from crm.assessment.rules.scoring import SCALE

_DIGITS = 6


def kept(value: Fraction | None) -> str | None:
    """A fraction as it is stored: "7/3"."""
    return None if value is None else f"{value.numerator}/{value.denominator}"


def restored(text: str | None) -> Fraction | None:
    """The fraction of a stored text."""
    return None if text is None else Fraction(text)


def exact(value: Fraction | None, digits: int = _DIGITS) -> str:
    """As a decimal without zeros at its end; one that does not end is cut at so many digits and marked with ≈."""
    if value is None:
        return ""
    step = 10**digits
    scaled = value * step
    whole = (abs(scaled.numerator) * 2 + scaled.denominator) // (2 * scaled.denominator) * (1 if value >= 0 else -1)
    number = (Decimal(whole) / step).normalize()
    text = f"{number:,f}"
    return text if scaled.denominator == 1 else f"≈{text}"


def percent(value: Fraction | None) -> str:
    """A rate in percent, as exactly as it can be written."""
    return "" if value is None else f"{exact(value * 100, 4)}%"


def points(value: int, places: int) -> str:
    """Points with their decimals: 17.50."""
    return f"{Decimal(value) / SCALE:,.{places}f}"
