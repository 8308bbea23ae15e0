"""Uploading a map as a form."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import StringField
from wtforms.validators import InputRequired, Regexp

from crm.web.forms import Form, one_line, text_field_limits

_NUMBER = _l("请照地图上的审图号填写，例如 粤S(2026)001号")


class MapForm(Form):
    """The file, its approval number, where it is from."""

    file = FileField(_l("文件"), validators=[InputRequired(_l("请选择文件"))], description=_l("GeoJSON，最大 8 MB"))
    approval_number = StringField(
        _l("审图号"),
        filters=[one_line],
        validators=[*text_field_limits(60, required=True), Regexp(r".*\d", message=_NUMBER)],
    )
    source = StringField(_l("来源"), filters=[one_line], validators=text_field_limits(200, required=True))
