"""Which arrival is meant."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.validators import InputRequired

from crm.web.forms import Form, once_field


class TakeForm(Form):
    """One of the lines of the ledger."""

    receipt = RadioField(_l("到资台账中的一笔"), validators=[InputRequired(_l("请选择一笔到资"))])
    once = once_field()

    def offer(self, rows: Sequence[tuple[str, str]]) -> "TakeForm":
        """Say which lines may be chosen."""
        self.receipt.choices = list(rows)
        return self
