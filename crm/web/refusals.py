"""Refusals in words: rooms register a sentence for each code; a code without one gets the general sentence."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from crm.core.errors import Refusal

_sentences: dict[str, Any] = {
    "not_found": _l("没有找到这条记录，或您无权查看"),
    "forbidden": _l("您的角色不能做这一步"),
    "stale_version": _l("打开之后，已有同事保存过这条记录"),
    "moved": _l("这条记录已归并到 %(name)s，请在那里继续"),
    "already_done": _l("这一步已经做过了"),
    "reused_key": _l("同一张表单已提交过另一份内容，请刷新页面后重填"),
    "unknown_user": _l("没有用户 %(username)s，或账号已停用"),
    "needs_actor": _l("已有系统管理员，请用 --as 说明由谁操作"),
    "unknown_unit": _l("没有代码为 %(unit_code)s 的单位"),
    "paper_template": _l("文件模板无法填写：%(what)s"),
    "throttled": _l("尝试次数过多，请稍后再试"),
}
_GENERAL = _l("没有完成，请检查填写内容")


@dataclass(frozen=True, slots=True)
class InWords:
    """A sentence whose facts are codes, which only the room that refuses can put into words."""

    say: Callable[[dict[str, Any]], str]


def register(sentences: dict[str, Any]) -> None:
    """Add a room's sentences: code -> marked text, with %(name)s for facts."""
    _sentences.update(sentences)


def sentence(refusal: Refusal) -> str:
    """The refusal in the page's language."""
    said = _sentences.get(refusal.code, _GENERAL)
    if isinstance(said, InWords):
        return said.say(refusal.facts)
    text = str(said)
    return text % refusal.facts if "%(" in text else text
