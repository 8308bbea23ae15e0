"""What a paper says about itself: its serial number, who took it when, that nothing secret belongs here, and the watermark."""

from datetime import datetime

from flask_babel import gettext as _

from crm.web import fmt
from crm.web.locale import html_lang

NO_SERIAL = "—"


def marks(serial: str, *, unit: str, name: str, at: datetime) -> dict[str, str]:
    """The fields that every template may show: `serial`, `notice`, `mark` (a line of who, when), `watermark` (person and day, for
    behind the text), `none` (the word where a part is empty), `lang` ("zh" or "en").
    """
    said = {"serial": serial, "unit": unit, "name": name, "when": fmt.stamp(at)}
    return {
        "serial": serial, "notice": _("本系统为非涉密系统，严禁存储、处理、传输国家秘密"),
        "mark": _("编号 %(serial)s　%(unit)s %(name)s 导出　%(when)s", **said), "none": _("无"),
        "watermark": f"{name}　{fmt.date(at)}", "lang": "en" if html_lang() == "en" else "zh",
    }  # fmt: skip
