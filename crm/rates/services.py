"""Loading and adding rates."""

import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from sqlalchemy import select

from crm.audit import services as audit
from crm.core.db import db
from crm.policy.rules import Actor
from crm.rates.models import ExchangeRate
from crm.rates.queries import NANO


def load_reference() -> int:
    """Add rates of the data file for days that have none; how many."""
    raw = json.loads((Path(__file__).parent / "data" / "rates.json").read_text("utf-8"))
    known = {(currency, day) for currency, day in db.session.execute(select(ExchangeRate.currency, ExchangeRate.day))}
    added = 0
    for currency, values in raw["rates"].items():
        for text, value in zip(raw["days"], values, strict=True):
            day = date.fromisoformat(text)
            if (currency, day) not in known:
                nano = int(Decimal(value) * NANO)
                row = ExchangeRate(currency=currency, day=day, nano_cny=nano, source="reference", verified=raw["verified"])
                db.session.add(row)
                added += 1
    db.session.flush()
    return added


def add_rate(currency: str, day: date, cny_per_unit: Decimal, source: str, *, actor: Actor, now: datetime) -> ExchangeRate:
    """A rate from a day on; one for the same day is replaced, and the audit keeps both."""
    row = db.session.get(ExchangeRate, (currency, day))
    facts = {"currency": currency, "day": day.isoformat(), "old": str(row.nano_cny) if row else None, "new": str(cny_per_unit)}
    if row is None:
        row = ExchangeRate(currency=currency, day=day)
        db.session.add(row)
    row.nano_cny, row.source, row.verified = int(cny_per_unit * NANO), source, True
    audit.record("rate.added", subject=None, facts=facts, actor=actor, now=now)
    return row
