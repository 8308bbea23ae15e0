"""What a person sends from the queue: a decision, an undo, the wish for a sweep."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, StringField
from wtforms.validators import AnyOf, InputRequired, Length, Optional

from crm.review.rules import Answer
from crm.web.forms import Form, once_field, one_line


class AnswerForm(Form):
    """One answer about a pair. The buttons carry `answer`; `keep` names the record that stays when the two are one, `then` the
    pair to go on with.
    """

    answer = HiddenField(validators=[InputRequired(), AnyOf([answer.value for answer in Answer])])
    keep = RadioField(_l("归并后保留"), choices=[], validate_choice=False, validators=[Optional(), Length(max=22)])
    reason = StringField(
        _l("说明"), filters=[one_line], validators=[Optional(), Length(max=400, message=_l("最多400个字"))]
    )  # fmt: skip
    then = HiddenField(validators=[Optional(), Length(max=22)])
    once = once_field()

    def __init__(self, *args: Any, keep: list[tuple[str, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keep.choices = keep or []

    def to_answer(self) -> Answer:
        """The button that was pressed."""
        return Answer(self.answer.data)


class ActForm(Form):
    """A button that is no decision: take back the last one, compare everything."""

    once = once_field()
