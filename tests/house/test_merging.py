"""No relation is forgotten in a merge."""

from crm.core.db import Base
from crm.merging.rules import FIELDS, RELATIONS, WITHOUT_KEY
from crm.web import words
from tests.race_start import app

assert app  # every room's tables are there


def _keys():
    """Every foreign key to a kind of record that can be merged: (kind, column)."""
    for table in Base.metadata.tables.values():
        for column in table.columns:
            for key in column.foreign_keys:
                target = key.column.table.name
                if target in RELATIONS:
                    yield target, f"{table.name}.{column.name}"


def test_every_relation_says_what_a_merge_does_with_it():
    """A new foreign key to company, lead or contact: add it to RELATIONS in crm/merging/rules/relations.py. Mostly "moves"; with a
    unique constraint "unless_like"; "stays" for what is about the old row itself; "own" needs a line in the merge's service.
    """
    declared = {(kind, relation.name) for kind, relations in RELATIONS.items() for relation in relations}
    found = set(_keys())
    assert found - declared == set(), "a merge would forget these"
    assert declared - found == set(), "these are no more"


def test_columns_without_a_key_are_known_too():
    named = {
        f"{table.name}.{column.name}" for table in Base.metadata.tables.values() for column in table.columns
        if column.name in ("subject_id", "subject_public_id", "merged_into_id") and not column.foreign_keys
    }  # fmt: skip
    assert named == set(WITHOUT_KEY)
    assert all(len(why) > 10 for why in WITHOUT_KEY.values())


def test_what_moves_unless_has_its_like_names_the_unique_columns():
    for relations in RELATIONS.values():
        for relation in relations:
            table = Base.metadata.tables[relation.table]
            assert bool(relation.like) == (relation.fate == "unless_like")
            assert set(relation.like) <= set(table.c.keys())
            unique = [set(c.columns.keys()) for c in table.constraints if type(c).__name__ == "UniqueConstraint"]
            alone = [columns for columns in unique if relation.column in columns and relation.fate == "moves"]
            assert not alone, f"{relation.name} would break {alone}"
            assert relation.why or relation.fate in ("moves", "unless_like"), relation.name


def test_every_field_and_relation_has_words():
    assert {name for fields in FIELDS.values() for name in fields} <= set(words.kinds()["merge_field"])
    assert {relation.table for relations in RELATIONS.values() for relation in relations} <= set(words.kinds()["merge_moves"])


def test_chosen_columns_are_columns():
    for kind, fields in FIELDS.items():
        for columns in fields.values():
            assert set(columns) <= set(Base.metadata.tables[kind].c.keys())
