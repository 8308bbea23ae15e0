"""A pack in words: the fields of its templates, and what the page shows. Every part has the same four columns, so that a template
stays simple: what it is, whose, what is said of it, a sum or a day. `ref` is the record that a page may open: (kind, public id);
`sums` are the two sums of a changed project, which the page puts into columns of their own.
"""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from crm.batches import words as batch_words
from crm.batches.queries.editions import Shown, Sums
from crm.batches.rules.rolling import BATCHES
from crm.core import clock, regions
from crm.disputes import queries as disputes
from crm.leads.queries.rows import Row
from crm.leads.rules.listing import Count
from crm.matters import queries as matters
from crm.meetings.queries import Arrived, Content, Funds, Overdue
from crm.meetings.rules import Part
from crm.supervision import queries as supervision
from crm.web import fmt
from crm.web.locale import html_lang
from crm.web.words import word

Line = dict[str, Any]
MOST = 90  # characters of a text


def told(found: Content, *, office: str) -> dict[str, Any]:
    """The pack's fields, without what it says about itself (crm.web.marks)."""
    edition = found.edition
    facts = {"kind": word("meeting_kind", edition.kind), "edition": batch_words.title_of(edition)}
    return {
        "title": _("招商引资%(kind)s材料", kind=facts["kind"]),
        "subtitle": _("%(edition)s　%(period)s", edition=facts["edition"], period=batch_words.period_of(edition)),
        "office": office, "basis": _basis(found),
        "overview": [_batch(batch.value, found) for batch in BATCHES],
        "sections": _numbered([_changes(found), *_money(found), _late(found.overdue), *_talks(found)]),
        "notes": [_("金额为申报值，认定值另列；在谈项目的合同外资是意向；到资与实际使用外资口径不同，不相加。")],
        "heads": {
            "overview": _label(0, _("三个一批概况")), "batch": _("批次"), "count": _("本期（个）"), "was": _("上期（个）"),
            "total": _("总投资申报值已核实（亿元）"), "unverified": _("总投资申报值未核实（亿元）"),
            "contracted": _("合同外资申报值（万美元）"), "confirmed": _("认定合同额（万美元）"),
        },
    }  # fmt: skip


def _label(place: int, name: str) -> str:
    """A heading with its number, as an official paper counts."""
    return _("一、|二、|三、|四、|五、|六、|七、|八、|九、|十、").split("|")[place] + name


def _numbered(sections: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one | {"label": _label(place, one["name"])} for place, one in enumerate(sections, 1)]


def _basis(found: Content) -> str:
    facts = {
        "day": fmt.date(found.edition.as_of), "first": fmt.date(found.span.first), "last": fmt.date(found.span.last),
        "now": fmt.stamp(clock.now()),
    }  # fmt: skip
    if found.before is None:
        return _(
            "概况为 %(day)s 定稿，之前没有定稿可比；到资为 %(first)s 至 %(last)s；其余为 %(now)s 的情况。按本人权限列出。",
            **facts,
        )
    facts["before"] = batch_words.title_of(found.before)
    return _(
        "概况与变化为 %(day)s 定稿，与%(before)s比较；到资为 %(first)s 至 %(last)s；其余为 %(now)s 的情况。按本人权限列出。",
        **facts,
    )


def _batch(batch: str, found: Content) -> dict[str, str]:
    sums, was = found.sums.get(batch, Sums()), found.was.get(batch)
    return {
        "batch": word("stage", batch), "count": fmt.num(sums.count), "was": fmt.num(was.count) if was else fmt.DASH,
        "total": fmt.yi(sums.total_cny), "unverified": fmt.yi(sums.unverified_cny), "contracted": fmt.wan(sums.contracted_usd),
        "confirmed": fmt.wan(sums.confirmed_usd),
    }  # fmt: skip


def _section(key: str, name: str, parts: Sequence[dict[str, Any]], said: Sequence[str] = ()) -> dict[str, Any]:
    return {"key": key, "name": name, "said": list(said), "parts": list(parts)}


def _part(key: str, name: str, heads: tuple[str, str, str, str], lines: Sequence[Line], part: Part[Any]) -> dict[str, Any]:
    return {
        "key": key, "name": name, "count": fmt.num(part.count),
        "heads": dict(zip(("what", "unit", "said", "when"), heads, strict=True)),
        "rows": [{"place": place, **line} for place, line in enumerate(lines, 1)],
        "left": _("另有 %(n)s 项，见系统", n=fmt.num(part.left)) if part.left else "",
    }  # fmt: skip


def _line(what: str, unit: str, said: str, when: str, *, ref: tuple[str, str] | None = None, late: bool = False) -> Line:
    return {"what": what, "unit": unit or fmt.DASH, "said": said or fmt.DASH, "when": when or fmt.DASH, "ref": ref, "late": late}


def _cut(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= MOST else flat[: MOST - 1] + "…"


# ---- changes -----------------------------------------------------------------------------------------------------


def _changes(found: Content) -> dict[str, Any]:
    names = {"new": _("新增"), "moved": _("转段"), "money": _("金额变化"), "left": _("退出")}
    heads = (_("项目"), _("单位"), _("较上期"), _("金额（申报值）"))
    counts = _("，").join(f"{names[name]} {fmt.num(part.count)}" for name, part in found.changes.items())
    parts = [_part(name, names[name], heads, [_changed(row) for row in part.rows], part) for name, part in found.changes.items()]
    return _section("changes", _("较上次会议的变化"), parts, [counts])


def _changed(row: Shown) -> Line:
    lang = html_lang()
    about = [
        row.title,
        regions.region_name(row.country, lang) if row.country else "",
        row.cluster.name(lang) if row.cluster else "",
    ]
    name = _called(row.name, row.code)
    said = _("；").join(batch_words.explain(row))
    if row.batch != "left":
        said = _("%(stage)s：%(said)s", stage=word("stage", row.batch), said=said)
    sums = [fmt.in_yi(row.total_cny)] if row.total_cny is not None else []
    sums += [fmt.in_wan(row.contracted_usd).replace(" ", "\u00a0")] if row.contracted_usd is not None else []
    what = "　".join(part for part in (name, *about) if part)
    return _line(
        what,
        row.unit.short(lang) if row.unit else "",
        said,
        _("；").join(sums),
        ref=("lead", row.public_id) if row.detail else None,
    ) | {"sums": {"fen": row.total_cny, "sure": bool(row.total_verified), "cents": row.contracted_usd}}


def _called(name: str | None, code: str | None) -> str:
    return name or code or _("暂未披露")


# ---- money -------------------------------------------------------------------------------------------------------


def _money(found: Content) -> list[dict[str, Any]]:
    funds = found.funds
    if funds is None:
        return []
    heads = (_("项目"), _("单位"), _("到账日期"), _("到资"))
    part = _part("receipts", _("到资明细"), heads, [_arrived(one) for one in funds.arrivals.rows], funds.arrivals)
    return [_section("money", _("资金"), [part], [_received(funds), _utilised(funds)])]


def _received(funds: Funds) -> str:
    said = _("到资（调度口径）%(sum)s，%(n)s 笔", sum=fmt.in_wan(funds.counted), n=fmt.num(funds.lines))
    if funds.bare_lines:
        said += _("；另有 %(sum)s、%(n)s 笔佐证未齐，不计入", sum=fmt.in_wan(funds.bare), n=fmt.num(funds.bare_lines))
    if funds.late_lines:
        said += _("；补录此前到账 %(sum)s、%(n)s 笔", sum=fmt.in_wan(funds.late), n=fmt.num(funds.late_lines))
    return said


def _utilised(funds: Funds) -> str:
    if funds.year is None or not funds.months:
        return _("实际使用外资（统计口径）：还没有统计表")
    month, usd = funds.months[-1]
    facts = {"year": funds.year, "month": fmt.month(month.month), "sum": fmt.in_wan(funds.utilised), "last": fmt.in_wan(usd)}
    return _("实际使用外资（统计口径）%(year)s 年 1—%(month)s月 %(sum)s，其中 %(month)s 月 %(last)s", **facts)


def _arrived(one: Arrived) -> Line:
    notes = [word("receipt_kind", one.receipt.kind)]
    notes += [_("佐证未齐")] if one.receipt.file_id is None else []
    notes += [_("补录")] if one.late else []
    name = _called(one.lead.display_name, one.lead.code_name)
    unit = one.lead.following_unit.short(html_lang())
    said = f"{fmt.date(one.receipt.received_on)}　{_('、').join(notes)}"
    return _line(f"{name}　{one.lead.title}", unit, said, fmt.in_wan(one.receipt.usd), ref=("lead", one.lead.public_id))


# ---- what is late ------------------------------------------------------------------------------------------------


def _late(found: Overdue) -> dict[str, Any]:
    said = []
    if found.late_units is not None and found.empty_units is not None:
        late, empty = _("、").join(found.late_units) or _("无"), _("、").join(found.empty_units) or _("无")
        said.append(_("上周周报未报送：%(late)s；报送但无进展：%(empty)s", late=late, empty=empty))
    steps = _part(
        "overdue",
        _("下一步逾期"),
        (_("项目"), _("单位"), _("下一步"), _("应完成")),
        [_step(row) for row in found.steps.rows],
        found.steps,
    )
    steps["count"] = _number(found.total)
    idle = _part(
        "idle",
        _("长期无进展"),
        (_("项目"), _("单位"), _("阶段"), _("本段起始")),
        [_idle(row) for row in found.idle.rows],
        found.idle,
    )
    return _section("overdue", _("超期事项"), [steps, idle], said)


def _number(count: Count) -> str:
    return f"{fmt.num(count.number)}+" if count.capped else fmt.num(count.number)


def _step(row: Row) -> Line:
    unit = row.unit.short(html_lang()) if row.unit else ""
    ref = ("lead", row.public_id) if row.detail else None
    step = _cut(row.next_step or fmt.DASH)
    said = _("%(step)s（%(who)s）", step=step, who=row.owner) if row.owner else step
    return _line(f"{_called(row.name, row.code)}　{row.title}", unit, said, fmt.due(row.next_due), ref=ref, late=True)


def _idle(row: Shown) -> Line:
    ref = ("lead", row.public_id) if row.detail else None
    unit = row.unit.short(html_lang()) if row.unit else ""
    return _line(f"{_called(row.name, row.code)}　{row.title}", unit, word("stage", row.batch), fmt.date(row.since), ref=ref)


# ---- what is talked about ----------------------------------------------------------------------------------------


def _talks(found: Content) -> list[dict[str, Any]]:
    until, due = fmt.day(found.until), _("时限")
    disputed = [_dispute(one) for one in found.disputes.rows]
    raised = [_matter(one) for one in found.matters.rows]
    ordered = [_task(one) for one in found.tasks.rows]
    sides, levels = (_("项目"), _("各方"), _("状态"), due), (_("事项"), _("提出单位"), _("层级与项目"), due)
    givers = (_("批示"), _("承办单位"), _("交办人与项目"), due)
    return [
        _section("disputes", _("争议协调"), [_part("disputes", "", sides, disputed, found.disputes)]),
        _section("matters", _("需协调事项"), [_part("matters", "", levels, raised, found.matters)]),
        _section("tasks", _("督办事项（%(day)s前到期）", day=until), [_part("tasks", "", givers, ordered, found.tasks)]),
    ]


def _dispute(one: disputes.Seen) -> Line:
    names = []
    for number, lead in enumerate(one.leads):
        called = lead.display_name or lead.title if one.names(number) else one.code(number) or _("名称未公开的项目")
        names.append(called)
    lang = html_lang()
    sides = _("、").join(dict.fromkeys(side.unit.short(lang) for side in one.dispute.sides))
    due = _day(fmt.day(one.due_on), one.over)
    ref = ("dispute", one.dispute.public_id)
    return _line(" / ".join(dict.fromkeys(names)), sides, word("dispute_state", one.dispute.state), due, ref=ref, late=one.over)


def _matter(one: matters.Seen) -> Line:
    lang = html_lang()
    called = (one.lead.display_name or one.lead.title) if one.names else one.code or _("名称未公开的项目")
    said = f"{word('matter_level', one.matter.level)}　{word('matter_state', one.matter.state)}　{called}"
    due = _day(fmt.day(one.matter.due_on), one.late)
    ref = ("matter", one.matter.public_id)
    return _line(_cut(one.matter.text), one.matter.raised_unit.short(lang), said, due, ref=ref, late=one.late)


def _task(one: supervision.Seen) -> Line:
    called = ""
    if one.lead is not None:
        called = (one.lead.display_name or one.lead.title) if one.names else one.code or _("名称未公开的项目")
    said = "　".join(part for part in (one.row.given_by.name, word("instruction_state", one.row.state), called) if part)
    due = _day(fmt.day(one.row.due_on), one.late)
    ref = ("instruction", one.row.public_id)
    return _line(_cut(one.row.text), one.row.unit.short(html_lang()), said, due, ref=ref, late=one.late)


def _day(day: str, late: bool) -> str:
    return _("%(day)s（逾期）", day=day) if late else day
