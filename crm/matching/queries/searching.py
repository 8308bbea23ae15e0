"""Records that a search may mean, by the tokens of what was typed."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, exists, func, literal, select, union_all

from crm.core.db import db
from crm.matching.models import NameToken
from crm.matching.queries.entries import entries
from crm.matching.rules.packing import original_of
from crm.matching.rules.scripts import squeeze
from crm.matching.rules.tokens import search_tokens, tokens_within


def named_with(name: str, *, kind: int, after: int, limit: int) -> tuple[list[int], int | None]:
    """Subjects one of whose names contains `name`, among the next `limit` behind the id `after` that share its rarest tokens.

    With them the last id that was looked at: go on behind it; None when there are no more.
    """
    sets = [[one.value for one in tokens] for tokens in tokens_within(name)]
    here = NameToken.value.in_({value for values in sets for value in values}) & (NameToken.kind == kind)
    counted = select(NameToken.value, func.count()).where(here).group_by(NameToken.value)
    counts = {row.value: int(row[1]) for row in db.session.execute(counted)}
    rarest = {min(values, key=lambda value: counts[value]) for values in sets if all(value in counts for value in values)}
    shared = select(NameToken.subject_id).where(NameToken.value.in_(rarest), NameToken.kind == kind, NameToken.subject_id > after)
    ids = list(db.session.scalars(shared.distinct().order_by(NameToken.subject_id).limit(limit))) if rarest else []
    key = squeeze(name)
    known = entries(kind, ids)
    found = [one for one, entry in known.items() if any(key in squeeze(original_of(packed)) for packed in entry.names)]
    return sorted(found), ids[-1] if len(ids) == limit else None


def search_condition(terms: Sequence[str], *, kind: int, of: Any, many: int, in_order: bool) -> ColumnElement[bool] | None:
    """SQL: the record with id `of` has the rarest token of all search terms. None when every term is too short for the index.

    A rare token is a list of ids to start from. One that more than `many` records have is asked for row by row instead, when
    the caller walks its records `in_order`: the page is found quickly just because hits are many.
    """
    values = dict.fromkeys(t.value for term in terms for t in search_tokens(term) or ())
    if not values:
        return None
    marked = {value: (NameToken.value == literal(value)) & (NameToken.kind == kind) for value in values}
    one_more = {value: select(literal(1)).where(here).limit(many + 1).subquery() for value, here in marked.items()}
    counts = union_all(*(select(literal(value), func.count()).select_from(hits) for value, hits in one_more.items()))
    value, number = min(db.session.execute(counts), key=lambda row: row[1])
    here = marked[value]
    if number > many and in_order:
        return exists().where(here, NameToken.subject_id == of)
    return of.in_(select(NameToken.subject_id).where(here))  # type: ignore[no-any-return]
