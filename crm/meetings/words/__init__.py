"""Meeting packs in words."""

from flask_babel import lazy_gettext as _l

from crm.meetings.words.told import told
from crm.web import refusals, words

words.register("pack_state", {"waiting": _l("生成中"), "done": _l("可下载"), "failed": _l("未能生成")})
words.register("meeting_kind", {"weekly": _l("周例会"), "monthly": _l("月例会")})
refusals.register({"pack_asker_gone": _l("申请人的账号已停用，或已调整岗位，材料不再生成")})

__all__ = ["told"]
