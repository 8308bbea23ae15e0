"""Money: an integer of minor units with an ISO currency. Never a float, never a bare number."""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

# ISO 4217 currencies without a minor unit that occur here; all others have two digits.
_NO_MINOR = frozenset({"JPY", "KRW", "VND", "CLP", "ISK"})
CURRENCIES = (
    "CNY", "USD", "HKD", "EUR", "JPY", "KRW", "GBP", "SGD", "CHF", "AUD", "CAD", "TWD", "MOP", "SEK", "DKK", "NOK",
    "MYR", "THB", "INR", "AED", "NZD", "ILS", "BRL", "SAR", "IDR", "VND",
)  # fmt: skip
MAX_MINOR = 9_000_000_000_000_000_00  # nine quadrillion yuan; fits a signed 64-bit integer

TENFOLD = 10
REMARKABLE = 1_000_000_000_00  # in cents, with nothing to hold it against: USD 1 bn and more is looked at twice


def tenfold(new: int, known: int) -> int:
    """How many times `known` a sum is, where that is ten times or more; minus how many times it goes into `known`, where that is;
    else 0. Both above nothing and in one unit: a zero too many or too few, 万 for 亿.
    """
    if new >= TENFOLD * known:
        return new // known
    return -(known // new) if new * TENFOLD <= known else 0


def digits(currency: str) -> int:
    """How many decimals the currency's minor unit has: 0 or 2."""
    return 0 if currency in _NO_MINOR else 2


@dataclass(frozen=True, slots=True)
class Money:
    """`amount` in minor units (fen, cents; whole yen) of ISO `currency`."""

    amount: int
    currency: str

    @classmethod
    def of(cls, major: Decimal | int | str, currency: str) -> "Money":
        """From whole units: Money.of("3.5", "CNY") is 350 fen. Rounds half to even; raises ValueError when out of range."""
        value = Decimal(major)
        if not value.is_finite() or abs(value) > MAX_MINOR:
            raise ValueError("amount out of range")
        amount = int((value * 10 ** digits(currency)).to_integral_value(rounding=ROUND_HALF_EVEN))
        if abs(amount) > MAX_MINOR:
            raise ValueError("amount out of range")
        return cls(amount, currency)

    @property
    def major(self) -> Decimal:
        """The amount in whole units."""
        return Decimal(self.amount).scaleb(-digits(self.currency))
