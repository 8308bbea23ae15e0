"""Kinds of units and their place in the tree."""

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class UnitLabel:
    """A unit as lists and filters name it."""

    id: int
    zh: str
    en: str
    short_zh: str
    short_en: str
    is_area: bool
    retired: bool
    path: str

    def name(self, lang: str) -> str:
        """The full name in the page's language."""
        return self.en if lang.startswith("en") else self.zh

    def short(self, lang: str) -> str:
        """The short name in the page's language: what an area is called in a list."""
        return self.short_en if lang.startswith("en") else self.short_zh
