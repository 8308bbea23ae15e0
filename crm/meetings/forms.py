"""The form that has a pack made."""

from wtforms import HiddenField
from wtforms.validators import InputRequired, Length

from crm.web.forms import Form, once_field


class AskForm(Form):
    """Which edition; once."""

    edition = HiddenField(validators=[InputRequired(), Length(max=22)])
    once = once_field()
