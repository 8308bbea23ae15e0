"""Uploading a template, going back to another."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, Optional

from crm.stationery.rules import LARGEST
from crm.web.forms import Form, one_line, text_field_limits, version_field


class TemplateForm(Form):
    """The file, what is new in it; which version the page showed."""

    file = FileField(
        _l("模板文件"), validators=[InputRequired(_l("请选择文件"))],
        description=_l("docx，最大 %(n)s MB，不带宏", n=LARGEST // 1024 // 1024),
    )  # fmt: skip
    note = StringField(_l("改动说明"), filters=[one_line], validators=text_field_limits(200))
    version = version_field()


class BackForm(Form):
    """Which version the page showed; which older one is wanted, none for the product's own."""

    version = version_field()
    again = HiddenField(validators=[Optional()])
