"""Column and value types: moments in UTC, money in integer minor units, JSON."""

import json
import re
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine, UserDefinedType


class _AsWritten(UserDefinedType[str]):
    """A column of JSON that is given and taken as text."""

    cache_ok = True

    def get_col_spec(self, **_options: Any) -> str:
        """What the column is declared as: the same as any JSON."""
        return "JSON"


class BriefJSON(TypeDecorator[Any]):
    """JSON that SQLite keeps as it is read: signs, not escapes (six letters a Chinese sign), and no spaces. For big tables."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """PostgreSQL keeps JSON in its own way."""
        return dialect.type_descriptor(_AsWritten() if dialect.name == "sqlite" else JSONB())

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """What is stored of a value."""
        if value is None or dialect.name != "sqlite":
            return value
        return brief(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """The value again."""
        return json.loads(value) if value is not None and dialect.name == "sqlite" else value


def brief(value: Any) -> str:
    """The text that SQLite keeps of a value."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return json.dumps(value) if _LONE.search(text) else text


_LONE = re.compile("[\ud800-\udfff]")  # half a sign: no UTF-8 says it


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
