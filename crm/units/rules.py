"""Kinds of units and their place in the tree."""

from enum import StrEnum


class UnitKind(StrEnum):
    """What a unit is."""

    CITY_OFFICE = "city_office"
    HEADQUARTERS = "headquarters"
    DISTRICT = "district"
    DEPARTMENT = "department"
    OVERSEAS_OFFICE = "overseas_office"
    SUBDISTRICT = "subdistrict"
    TASK_FORCE = "task_force"


def path_of(parent_path: str | None, unit_id: int) -> str:
    """The unit's place: "/1/5/" under parent "/1/", so that a subtree is a prefix."""
    return f"{parent_path or '/'}{unit_id}/"
