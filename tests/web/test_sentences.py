"""What people write in sentences stays as they wrote it; names and numbers are folded at the door."""

import pytest
from wtforms import StringField, TextAreaField

from crm.brands.forms import NamesForm
from crm.web.forms import Form, one_line

pytestmark = pytest.mark.only_on("sqlite")
SAID = "双方首次洽谈，对方（总部）提出：厂房２万㎡；\u200b是否可行？"
KEPT = "双方首次洽谈，对方（总部）提出：厂房2万m2；是否可行？"
FOLDED = "双方首次洽谈,对方(总部)提出:厂房2万m2;是否可行?"


class Sample(Form):
    """A name, a reason in one line, a text."""

    name = StringField(filters=[one_line])
    reason = StringField(filters=[one_line])
    text = TextAreaField()


@pytest.mark.parametrize("prefix", ["", "feedback"])
def test_sentences_and_names(app, prefix):
    posted = {f"{prefix}-{name}" if prefix else name: SAID for name in ("name", "reason", "text")}
    with app.test_request_context(method="POST", data=posted):
        form = Sample(prefix=prefix)
        assert (form.name.data, form.reason.data, form.text.data) == (FOLDED, KEPT, KEPT)


def test_a_list_of_names_is_no_prose(app):
    with app.test_request_context(method="POST", data={"names": "西门子（中国）"}):
        assert NamesForm().names.data == "西门子(中国)"
