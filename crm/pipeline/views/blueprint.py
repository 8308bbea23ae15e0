"""The room's blueprint, and what its doors share."""

from collections.abc import Callable, Mapping, Sequence

from flask import Blueprint

from crm.core.errors import Refusal
from crm.pipeline.forms import SumFields
from crm.pipeline.models import Milestone
from crm.web.acts import refused
from crm.web.forms import Form

bp = Blueprint("pipeline", __name__)
# What rooms above know against milestones, by their ids, in words: they put theirs in (crm.funds does, for money taken back).
DOUBTS: list[Callable[[Sequence[Milestone]], Mapping[int, str]]] = []


def doubts_about(rows: Sequence[Milestone]) -> dict[int, str]:
    """What is known against these milestones, for whoever is to say a word about them."""
    return {row_id: said for known in DOUBTS for row_id, said in known(rows).items()}


def say(form: Form, refusal: Refusal) -> int:
    """Have a form say above its fields what is refused, and ask where a sum looks like a slip; the page's status. Raises again
    what is not the page's to tell (see `refused`).
    """
    message, status = refused(refusal)
    form.form_errors.append(message)
    if isinstance(form, SumFields):
        form.doubted(refusal)
    return status
