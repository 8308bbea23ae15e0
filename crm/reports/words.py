"""Reports in words."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from crm.reports.rules import Cut
from crm.web import words

words.register(
    "leader_figure",
    {
        "negotiating": _l("在谈项目"),
        "signed": _l("签约项目"),
        "under_construction": _l("在建(实施)项目"),
        "idle": _l("长期无进展"),
        "utilised": _l("实际使用外资"),
    },
)


def left_out(part: Cut[object]) -> str:
    """What a sheet says of the lines that do not stand on it; nothing when all do."""
    return _("另有 %(n)s 项，见系统", n=part.left) if part.left else ""
