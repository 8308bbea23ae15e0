"""What `dev.py test` without --full leaves to the long run, said where it is left: a test's other cases, each marked `full`."""

from collections.abc import Iterable
from typing import Any

import pytest


def mostly_full(cases: Iterable[Any], *quick: Any) -> list[Any]:
    """For parametrize: all cases, those in `quick` in every run, the others with --full alone. ValueError: a quick one is no case."""
    found = list(cases)
    if strangers := [case for case in quick if case not in found]:
        raise ValueError(f"{strangers} are not among the cases")
    return [case if case in quick else pytest.param(case, marks=pytest.mark.full) for case in found]
