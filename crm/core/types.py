"""Column and value types: moments in UTC, money in integer minor units, JSON."""

import json
import re
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator


class _Brief(JSON):
    """JSON that SQLite keeps as it is read: signs, not escapes (six letters a Chinese sign), and no spaces."""

    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Any:
        """What is stored of a value."""
        del dialect
        return _brief


def _brief(value: Any) -> str | None:
    text = None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return json.dumps(value) if text is not None and _LONE.search(text) else text


_LONE = re.compile("[\ud800-\udfff]")  # half a sign: no UTF-8 says it


BriefJSON = _Brief().with_variant(JSONB(), "postgresql")
JSONType = JSON().with_variant(JSONB(), "postgresql")
PublicId = String(22)
CurrencyCode = String(3)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment. Takes only aware datetimes, stores UTC, gives back aware UTC, on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive datetimes: a protection period must not hang on a time zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Give back an aware UTC moment."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
