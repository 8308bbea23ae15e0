"""The room's blueprint, and what its doors share."""

from flask import Blueprint

from crm.core.errors import Refusal
from crm.pipeline.forms import SumFields
from crm.web.acts import refused
from crm.web.forms import Form

bp = Blueprint("pipeline", __name__)


def say(form: Form, refusal: Refusal) -> int:
    """Have a form say above its fields what is refused, and ask where a sum looks like a slip; the page's status. Raises again
    what is not the page's to tell (see `refused`).
    """
    message, status = refused(refusal)
    form.form_errors.append(message)
    if isinstance(form, SumFields):
        form.doubted(refusal)
    return status
