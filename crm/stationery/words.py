"""Templates in words."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from crm.core.papers.faults import Fault, Place
from crm.web import refusals, words

words.register(
    "paper",
    {
        "brief": _l("项目简报"), "edition": _l("三个一批清单"), "leader": _l("领导一页纸"), "meeting": _l("会议材料"),
        "return": _l("区级周报"),
    },
)  # fmt: skip
words.register("template_source", {"own": _l("本单位模板"), "folder": _l("服务器文件夹中的模板"), "shipped": _l("系统自带模板")})
words.register("template_part", {"body": _l("正文"), "header": _l("页眉"), "footer": _l("页脚")})
words.register(
    "template_fault",
    {
        "file": _l("不是可以打开的 Word 文件（%(what)s）"),
        "syntax": _l("标签写法有误：%(what)s"),
        "field": _l("没有这个字段：%(what)s"),
        "attribute": _l("没有这个字段：%(what)s"),
        "filling": _l("试填时出错：%(what)s"),
        "outside": _l("引用了文件以外的内容：%(what)s"),
    },
)
refusals.register(
    {
        "template_refused": _l("模板有 %(count)s 处要改，原来的模板继续使用"),
        "template_no_docx": _l("%(name)s 不是 Word 文件（docx）"),
        "template_same": _l("正在使用的就是这个文件"),
        "template_moved": _l("打开之后已有人换过模板，请核对后再试"),
        "template_shipped_already": _l("已在使用系统自带模板"),
    }
)


def fault_in_words(fault: Fault) -> str:
    """What is wrong."""
    return words.word("template_fault", fault.code) % {"what": fault.what}


def place_in_words(place: Place | None) -> str:
    """Where: the part, and the cell of a table. Empty for the file as a whole."""
    if place is None:
        return ""
    part = words.word("template_part", place.part)
    if not place.table:
        return part
    at = {"table": place.table, "row": place.row, "column": place.column}
    return _("%(part)s第 %(table)s 个表格第 %(row)s 行第 %(column)s 列", part=part, **at)
