"""A form knows which version of a record it was opened on."""

from typing import Protocol

from crm.core.errors import StaleVersion


class HasVersion(Protocol):
    """A record that counts its changes."""

    version: int


def check_version(record: HasVersion, opened: int) -> None:
    """Raise StaleVersion when `record` was saved since the form with version `opened` was drawn."""
    if record.version != opened:
        raise StaleVersion(record=record, opened=opened, saved=record.version)
