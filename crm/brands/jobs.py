"""Indexing anew what a changed brand touches, in short steps that let others write between them."""

from typing import Any

from crm.brands import services
from crm.core.db import unit_of_work
from crm.jobs.jobs import Progress, job


@job("brands.index")
def index(progress: Progress) -> dict[str, Any]:
    """Go on where the act itself stopped; begun again after a crash it does the same once more."""
    names = [str(name) for name in progress.args["names"]]
    kind, name, after = progress.args["position"]
    position: tuple[int, int, int] | None = (kind, name, after)
    indexed = 0
    while position is not None:
        with unit_of_work():
            position, count = services.index_step(names, position)
        indexed += count
        progress.count(indexed)
    return {"indexed": indexed}
