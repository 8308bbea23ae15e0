"""What a person types to sign in and to manage accounts."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, PasswordField, SelectField, StringField, SubmitField
from wtforms.validators import EqualTo, InputRequired, Length, Regexp

from crm.accounts.rules import USERNAME
from crm.web.forms import Form, one_line
from crm.web.words import choices


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


class NewUserForm(Form):
    """A new account."""

    username = StringField(
        _l("用户名"),
        filters=[one_line],
        validators=[
            InputRequired(_l("请填写用户名")),
            Length(max=60),
            Regexp(USERNAME, message=_l("用户名用3到60个字母、数字、点、横线")),
        ],
    )
    name = StringField(_l("姓名"), filters=[one_line], validators=[InputRequired(_l("请填写姓名")), Length(max=60)])
    role = SelectField(_l("角色"), default="officer")
    unit = SelectField(_l("所在单位"), default="")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.role.choices = choices("role")


class PersonForm(Form):
    """Another name or unit for a person."""

    name = StringField(_l("姓名"), filters=[one_line], validators=[InputRequired(_l("请填写姓名")), Length(max=60)])
    unit = SelectField(_l("所在单位"), default="")


class GrantForm(Form):
    """Another role for a person."""

    role = SelectField(_l("角色"), default="officer")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.role.choices = choices("role")


class JoinForm(Form):
    """Who joins a task force, until when."""

    user = SelectField(_l("人员"), default="", validate_choice=False, validators=[InputRequired(_l("请选择"))])
    until = DateField(_l("至"), validators=[InputRequired(_l("请填写日期，例如 2026-06-18"))])
