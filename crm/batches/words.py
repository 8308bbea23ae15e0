"""The three batches in words: kinds of editions, what changed in a row, why one left, what was corrected later."""

from datetime import date
from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from crm.batches.models import Edition
from crm.batches.queries.adjustments import Adjustment
from crm.batches.queries.editions import Money, Shown
from crm.batches.rules.comparing import Change
from crm.batches.rules.rolling import in_order
from crm.core.money import Money as Sum
from crm.web import fmt, refusals, words
from crm.web.locale import html_lang
from crm.web.words import word

words.register("edition_kind", {"weekly": _l("周报"), "monthly": _l("月报")})
words.register("conversion_window", {"twelve": _l("近 12 个月"), "year": _l("今年"), "quarter": _l("本季度")})
words.register(
    "edition_change",
    {
        "new": _l("新增"),
        "again": _l("重新列入"),
        "moved": _l("转段"),
        "money": _l("金额变化"),
        "unit": _l("跟进单位变化"),
        "kept": _l("延续"),
        "left": _l("退出"),
    },
)
words.register(
    "left_reason",
    {
        "operating": _l("投产运营"),
        "ended": _l("终止"),
        "paused": _l("暂缓"),
        "merged": _l("归并"),
        "back": _l("退回线索"),
        "not_admitted": _l("不再入库"),
    },
)
refusals.register(
    {
        "edition_there": _l("这一期已经定稿（第 %(number)s 期），不能重复定稿"),
        "edition_period": _l("只能定稿本期或上一期，且不能早于已定稿的各期"),
        "edition_empty": _l("清单上没有项目，无法定稿"),
    }
)


def title_of(edition: Edition) -> str:
    """第 12 期（周报）."""
    return _("第 %(n)s 期（%(kind)s）", n=edition.number, kind=word("edition_kind", edition.kind))


def period_of(edition: Edition) -> str:
    """2026年11月, or the days of a week."""
    if edition.kind == "monthly":
        on = edition.first_on
        return f"{on:%Y-%m}" if html_lang() == "en" else _("%(year)s 年 %(month)s 月", year=on.year, month=on.month)
    return f"{edition.first_on.isoformat()} – {edition.last_on.isoformat()}"


def explain(row: Shown, *, slips: bool = True) -> list[str]:
    """What changed in a row since the last edition, as far as the reader may read it; the first is its kind of change. `slips`:
    also how far the expected day moved, where no column of its own says it.
    """
    if row.hidden:
        return []
    if row.change is Change.LEFT:
        return [_left(row)]
    said = []
    if row.change in (Change.NEW, Change.AGAIN):
        said.append(word("edition_change", row.change))
    if row.change is Change.MOVED and row.was_batch:
        names = {"was": word("stage", row.was_batch), "now": word("stage", row.batch)}
        forward = in_order((row.was_batch, row.batch))
        said.append(_("由%(was)s转%(now)s", **names) if forward else _("由%(was)s退回%(now)s", **names))
    said += _money(row, row.was) if row.was is not None else []
    if row.was_unit is not None and row.unit is not None:
        lang = html_lang()
        said.append(_("跟进单位由%(was)s转%(now)s", was=row.was_unit.name(lang), now=row.unit.name(lang)))
    said += [slip_of(row)] if slips and row.slipped else []
    return said or [word("edition_change", Change.KEPT)]


def slip_of(row: Shown) -> str:
    """预计首笔到资 2026-11-12 → 2026-12-01，推迟 19 天; of a row whose expected day moved since the last edition."""
    facts = {
        "kind": word("milestone", row.expected_kind), "old": fmt.date(row.was_expected_on), "new": fmt.date(row.expected_on),
        "n": fmt.num(abs(row.slipped or 0)),
    }  # fmt: skip
    if (row.slipped or 0) > 0:
        return _("预计%(kind)s %(old)s → %(new)s，推迟 %(n)s 天", **facts)
    return _("预计%(kind)s %(old)s → %(new)s，提前 %(n)s 天", **facts)


def _left(row: Shown) -> str:
    why = word("left_reason", row.reason)
    return _("退出：归并至 %(number)s", number=row.reason_ref) if row.reason_ref else _("退出：%(why)s", why=why)


def _money(row: Shown, was: Money) -> list[str]:
    said = []
    english = html_lang() == "en"
    if was.total_cny != row.total_cny:
        old, new = (fmt.in_yi if english else fmt.yi)(was.total_cny), fmt.in_yi(row.total_cny)
        said.append(_("总投资 %(old)s → %(new)s", old=old, new=new))
    elif was.total_verified != row.total_verified:
        said.append(_("总投资经核实") if row.total_verified else _("总投资改为未核实"))
    wan = fmt.in_wan if english else fmt.wan
    if was.contracted_usd != row.contracted_usd:
        said.append(_("合同外资 %(old)s → %(new)s", old=wan(was.contracted_usd), new=fmt.in_wan(row.contracted_usd)))
    if was.confirmed_usd != row.confirmed_usd:
        said.append(_("认定合同额 %(old)s → %(new)s", old=wan(was.confirmed_usd), new=fmt.in_wan(row.confirmed_usd)))
    return said


def corrected(one: Adjustment) -> str:
    """What was said of a frozen row later."""
    if one.kind == "stage":
        return _("补录：%(day)s %(stage)s", day=fmt.date(one.on), stage=word("stage", one.name))
    if one.kind == "stage_day":
        old, new = (fmt.date(date.fromisoformat(day)) for day in (one.old or "", one.new or ""))
        return _("%(stage)s日期更正：%(old)s → %(new)s", stage=word("stage", one.name), old=old, new=new)
    if one.kind == "confirmed":
        facts = {"kind": word("milestone", one.name), "day": fmt.date(one.on)}
        return _("认定：%(day)s %(kind)s", **facts) + (_("，%(sum)s", sum=_sum(one.new)) if one.new else "")
    if one.kind == "total_verified":
        return _("总投资经核实") if one.new == "True" else _("总投资改为未核实")
    name = _("总投资") if one.kind == "total" else _("合同外资")
    return _("%(name)s更改：%(old)s → %(new)s", name=name, old=_sum(one.old), new=_sum(one.new))


def _sum(text: str | None) -> str:
    """A sum out of a record of changes, as "350000000 CNY"."""
    if not text:
        return fmt.DASH
    amount, _space, currency = text.partition(" ")
    said = Sum.of(Decimal(amount), currency)
    return fmt.money(said.amount, said.currency)
