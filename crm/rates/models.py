"""The table of exchange rates."""

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from crm.core.db import Model


class ExchangeRate(Model):
    """CNY for one unit of a currency from a day on, in billionths of a yuan (integers keep every digit)."""

    __tablename__ = "exchange_rate"
    __table_args__ = (CheckConstraint("nano_cny > 0", name="nano_cny"),)

    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    nano_cny: Mapped[int] = mapped_column(BigInteger)
    source: Mapped[str] = mapped_column(String(200))
    verified: Mapped[bool] = mapped_column(default=False)
