"""The board's codes in words."""

from flask_babel import lazy_gettext as _l

from crm.web import words

words.register("period", {"week": _l("本周"), "month": _l("本月"), "year": _l("今年")})
words.register("board_show", {"stock": _l("在谈"), "fresh": _l("新增"), "idle": _l("无进展"), "due": _l("拟释放")})
