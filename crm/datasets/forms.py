"""Asking for the files: nothing to say but that it is wanted, once."""

from crm.web.forms import Form, once_field


class MakeForm(Form):
    """Make them now."""

    once = once_field()
