"""Uploading a workbook, and deciding about its duplicates."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, RadioField, SelectField
from wtforms.validators import InputRequired, Optional

from crm.web.forms import Form, WholeField, once_field
from crm.web.words import choices


class UploadForm(Form):
    """Which file, what it holds, for which unit."""

    file = FileField(_l("文件"), validators=[InputRequired(_l("请选择文件"))], description=_l("xlsx 或 csv，最大 20 MB，5 万行"))
    kind = RadioField(_l("内容"), default="leads", validators=[InputRequired()])
    unit = SelectField(_l("跟进单位"), default="")
    admit = BooleanField(_l("在谈及以后的项目导入即入库（历史存量）"))
    once = once_field()

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = choices("import_kind")


class DecideForm(Form):
    """What is to become of one duplicate, or of all."""

    decision = RadioField(_l("处理方式"), validators=[InputRequired()])
    row = WholeField(_l("行"), validators=[Optional()])

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.decision.choices = choices("import_decision")
