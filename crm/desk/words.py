"""The desk's codes in words."""

from flask_babel import lazy_gettext as _l

from crm.web import words

words.register("override", {"review": _l("复核改变原决定"), "lift": _l("提前提级")})
