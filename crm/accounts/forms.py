"""What a person types to sign in and to manage accounts."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField, StringField, SubmitField
from wtforms.validators import EqualTo, InputRequired, Length

from crm.web.forms import Form, one_line


class SignInForm(Form):
    """Name and password."""

    username = StringField(_l("用户名"), filters=[one_line], validators=[InputRequired(_l("请填写用户名")), Length(max=60)])
    password = PasswordField(_l("密码"), validators=[InputRequired(_l("请填写密码")), Length(max=128)])
    next = HiddenField()
    submit = SubmitField(_l("登录"))


class NewPasswordForm(Form):
    """A password set by a one-time link."""

    password = PasswordField(_l("新密码"), validators=[InputRequired(_l("请填写新密码")), Length(max=128)])
    again = PasswordField(_l("再输一次"), validators=[InputRequired(_l("请再输一次")), EqualTo("password", _l("两次输入不一致"))])
    submit = SubmitField(_l("保存密码"))


class OwnPasswordForm(NewPasswordForm):
    """A person's own change of password."""

    old = PasswordField(_l("现在的密码"), validators=[InputRequired(_l("请填写现在的密码")), Length(max=128)])
