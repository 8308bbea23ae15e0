"""Weekly returns in words: states, sections, what each statement says, the history."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from crm.returns.models import WeeklyReturn
from crm.returns.queries.returns import Line, Part
from crm.returns.rules import Source, Week
from crm.web import fmt, refusals, words
from crm.web.locale import html_lang
from crm.web.words import word

words.register(
    "return_status",
    {
        "none": _l("未起草"),
        "draft": _l("起草中"),
        "submitted": _l("待市级确认"),
        "late": _l("逾期未报"),
        "empty": _l("空报"),
        "returned": _l("已退回"),
        "confirmed": _l("已确认"),
    },
)
words.register("return_section", {"progress": _l("本周进展"), "problems": _l("存在问题"), "next": _l("下一步计划")})
words.register("return_heading", {"progress": _l("一、本周进展"), "problems": _l("二、存在问题"), "next": _l("三、下一步计划")})
words.register(
    "return_event",
    {
        "opened": _l("已起草"),
        "refreshed": _l("已重新取数"),
        "submitted": _l("已报送"),
        "sent_back": _l("市级退回"),
        "confirmed": _l("市级确认"),
        "corrected": _l("更正稿"),
    },
)
refusals.register(
    {
        "return_week": _l("这一周不能起草：只能起草本周和此前几周的周报"),
        "return_not_open": _l("周报已报送或已确认，不能再改；已确认的请提出更正"),
        "return_confirmed": _l("已经确认过"),
        "return_with_unit": _l("单位正在编写或修改，还没有报送"),
        "return_moved": _l("这份周报已有新的处理，可能刚被退回、确认或更正，请核对后再办"),
        "return_reason": _l("请写明理由"),
        "return_empty": _l("本周进展一条也没有：请说明为什么空报"),
        "return_lead": _l("没有编号为 %(number)s 的项目，或您无权查看"),
        "return_lines": _l("条目太多，请合并后再加"),
        "return_sealed": _l(
            "所有读者都能看到的文字里写到了代号项目“%(called)s”的名称或编号：请改用代号，或写在该项目自己的条目里"
        ),
    }
)


def said(line: Line) -> str:
    """What a statement says in the page's language: a person's words, else what the base says."""
    if line.masked:
        return _("内容按权限不显示")
    return line.text or of_base(line)


def of_base(line: Line) -> str:
    """What the base says."""
    facts = line.facts
    on = fmt.day(date.fromisoformat(facts["on"])) if facts.get("on") else ""
    text = _happened(line.source, facts, on)
    if facts.get("mends"):
        return _("%(text)s（更正）", text=text)
    return _("%(text)s（补登）", text=text) if facts.get("late") else text


def _happened(source: Source, facts: dict[str, Any], on: str) -> str:
    if source is Source.INTERACTION:
        return _("%(day)s%(how)s：%(text)s", day=on, how=_spaced(word("interaction", facts["how"])), text=facts["text"])
    if source is Source.STAGE:
        return _("%(day)s由%(was)s转入%(now)s", day=on, was=word("stage", facts["from"]), now=word("stage", facts["to"]))
    if source is Source.MILESTONE:
        return _milestone(facts, on)
    if source is Source.STATUS:
        return _("%(day)s%(what)s：%(why)s", day=on, what=_spaced(word("status", facts["to"])), why=facts["reason"])
    if source is Source.REGISTERED:
        return _("%(day)s新登记", day=on)
    return _asked(source, facts, on)


def _asked(source: Source, facts: dict[str, Any], on: str) -> str:
    due = fmt.day(date.fromisoformat(facts["due"])) if facts.get("due") else ""
    if source is Source.MATTER:
        level = word("matter_level", facts["level"])
        return _("%(text)s（%(level)s，%(day)s提出，%(due)s前答复）", text=facts["text"], level=level, day=on, due=due)
    if source is Source.STEP and due:
        return _("%(text)s（%(due)s前）", text=facts["text"], due=due)
    return str(facts.get("text", ""))


def _milestone(facts: dict[str, Any], on: str) -> str:
    kind = _spaced(word("milestone", facts["kind"]))
    if facts.get("amount") is None:
        return _("%(day)s%(kind)s", day=on, kind=kind)
    return _("%(day)s%(kind)s，申报金额 %(sum)s", day=on, kind=kind, sum=fmt.money(facts["amount"], facts["currency"]))


def _spaced(text: str) -> str:
    """In English a space stands between the day and what follows."""
    return f" {text}" if html_lang() == "en" else text


def in_counts(part: Part) -> str:
    """How much stands in a section: its statements, those that may not be read among them; a dash for nothing at all."""
    n = len(part.lines) + part.hidden
    if not n:
        return _("有综述") if part.text else fmt.DASH
    return str(n)


def title_of(row: WeeklyReturn) -> str:
    """南山区招商引资周报."""
    return _("%(unit)s招商引资周报", unit=row.unit.name(html_lang()))


def period_of(week: Week) -> str:
    """2026-11-16 – 2026-11-22."""
    return f"{week.first.isoformat()} – {week.last.isoformat()}"


def version_of(row: WeeklyReturn) -> str:
    """第 2 版（更正）; nothing for the first."""
    return _("第 %(n)s 版（更正）", n=row.number) if row.number > 1 else ""


def called(line: Line) -> str:
    """The lead of a statement: investor and project, or the code name; nothing for a line about none."""
    if line.masked:
        return _("代号项目 %(code)s", code=line.code or "")
    if line.lead is None:
        return ""
    name = line.name or _("暂未披露")
    if line.code:
        name = f"{name}（{line.code}）"
    return f"{name} {line.title}" if line.title else name


def joined(texts: list[str]) -> str:
    """Statements of one lead in one sentence: each but the last without its full stop."""
    return (_("；")).join([*(text.rstrip("。. ") for text in texts[:-1]), *texts[-1:]])
