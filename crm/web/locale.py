"""Which language a page speaks: the person's, else the visitor's choice, else Chinese."""

from flask import Flask, request, session
from flask_babel import Babel, get_locale
from flask_login import current_user

LANGUAGES = {"zh": "zh_Hans_CN", "en": "en"}


def choose() -> str:
    """Babel's locale name for this request."""
    return LANGUAGES[language()]


def language() -> str:
    """ "zh" or "en"."""
    if not request:
        return "zh"
    if session.get("lang") in LANGUAGES:
        return str(session["lang"])
    if current_user and current_user.is_authenticated and current_user.locale in LANGUAGES:
        return str(current_user.locale)
    return "zh"


def html_lang() -> str:
    """The value of <html lang>."""
    return "en" if str(get_locale()).startswith("en") else "zh-CN"


def register(app: Flask) -> None:
    """Set up Flask-Babel with Chinese as the source language."""
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", "translations")
    Babel(app, default_locale="zh_Hans_CN", default_timezone="Asia/Shanghai", locale_selector=choose)
