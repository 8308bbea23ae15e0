"""Assessment in words."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from crm.assessment.rules.measures import words as file_words
from crm.assessment.rules.refusals import Fault
from crm.web import refusals, words
from crm.web.refusals import InWords

words.register("run_state", {"provisional": _l("暂定"), "published": _l("已公布")})
words.register("objection_state", {"open": _l("待答复"), "upheld": _l("异议成立"), "rejected": _l("异议不成立")})
words.register(
    "score_why",
    {
        "count": _l("计数不同"), "reference": _l("对照值不同"), "terms": _l("权重、上限或分值不同"), "formula": _l("算式不同"),
        "only_here": _l("只有试算有这一项"), "only_there": _l("只有对比的一方有这一项"), "adjustment": _l("往期更正"),
    },
)  # fmt: skip
words.register(
    "score_kind",
    {"scored": _l("计分"), "bonus": _l("加分"), "deduction": _l("扣分"), "shown": _l("列示"), "adjustment": _l("往期更正")},
)
words.register(
    "score_against",
    {"target": _l("目标"), "best": _l("最优单位"), "rank": _l("位次"), "base": _l("基数"), "fixed": _l("定值")},
)
words.register("score_among", {"group": _l("组内"), "all": _l("全部单位")})
words.register("score_scope", {"districts": _l("各区"), "departments": _l("各部门"), "both": _l("各区和各部门")})
words.register("score_unit", {"count": "", "wan_usd": _l("万美元"), "mixed": ""})
words.register("score_source", {"milestone": _l("节点"), "receipt": _l("到资"), "utilised": _l("实际使用外资")})
# What came of a line, where the plain arithmetic does not say it.
words.register(
    "score_note",
    {
        "": "",
        "zero_division": _l("除数为零，按 0 分计"),
        "no_target": _l("没有设定目标，按 0 分计"),
        "all_zero": _l("各单位均为零，按 0 分计"),
        "no_base": _l("没有基数，按 0 分计"),
        "nothing": _l("数值为零，不排位次，按 0 分计"),
        "below_zero": _l("数值为负，按 0 计"),
        "capped": _l("超过上限，按上限计"),
        "most": _l("已到最多分值"),
    },
)
words.register(
    "score_fault",
    {
        "large": _l("文件过长，最多 %(what)s 字"),
        "before_section": _l("这一行之前没有 [方案]、[指标 …] 等段名"),
        "section": _l("不认识的段名：%(what)s"),
        "section_name": _l("名称须为英文字母开头的字母、数字、短横，最多 24 位：%(what)s"),
        "twice": _l("重复：%(what)s"),
        "no_value": _l("应写成“项目 = 内容”：%(what)s"),
        "key": _l("这一段没有这个项目：%(what)s"),
        "no_scheme": _l("缺少 [方案] 段"),
        "nothing_scored": _l("没有任何计分指标"),
        "many": _l("指标过多，最多 %(what)s 个"),
        "missing": _l("缺少：%(what)s"),
        "long": _l("过长，最多 %(what)s 字"),
        "day": _l("日期请写成 2026-01-01：%(what)s"),
        "whole": _l("须为规定范围内的整数：%(what)s"),
        "choice": _l("不能这样写：%(what)s"),
        "number": _l("须为大于 0 的数，可带 %%：%(what)s"),
        "against": _l("对照只能是目标、最优、位次、基数、定值：%(what)s"),
        "target": _l("没有这个目标指标：%(what)s"),
        "target_unit": _l("计数的单位与目标的单位不同：%(what)s"),
        "base": _l("没有这个 [基数] 段：%(what)s"),
        "counts_nothing": _l("算式里没有任何计数：%(what)s"),
        "shown_only": _l("只能列示，不能计分：%(what)s"),
        "sign": _l("不认识的符号：%(what)s"),
        "rest": _l("多出的内容：%(what)s"),
        "period": _l("期间请写年份、季度或月份，如 2026、2026Q4：%(what)s"),
        "unit": _l("没有这个单位，或已停用：%(what)s"),
        "unit_twice": _l("同一单位只能列在一个组别一次：%(what)s"),
        "deep": _l("括号过多，最多 %(what)s 层"),
        "ends": _l("算式没有写完"),
        "bracket": _l("括号不成对"),
        "measure": _l("没有这个计数：%(what)s"),
    },
)


def fault_in_words(fault: Fault) -> str:
    """What is wrong there; keys of the file in the file's own language."""
    chinese = {value: key for key, value in file_words()["keys"].items()}
    return words.word("score_fault", fault.code) % {"what": chinese.get(fault.what, fault.what)}


def _unfit(facts: dict[str, Any]) -> str:
    what = fault_in_words(Fault(facts["line"], facts["column"], facts["fault"], facts["what"]))
    place = _("方案有误：第 %(line)s 行第 %(column)s 字，%(what)s", line=facts["line"], column=facts["column"], what=what)
    return place if facts["count"] == 1 else _("%(place)s（共 %(n)s 处）", place=place, n=facts["count"])


refusals.register(
    {
        "score_scheme_unfit": InWords(_unfit),
        "score_scheme_there": _l("这个方案的这一版已经载入，内容不能改动；修改请另起版本号"),
        "score_scheme_early": _l("方案自 %(valid_from)s 起生效，不能用于更早的期间；可以先试算"),
        "score_contest_period": _l("这个大比武只能计算 %(period)s；其他期间请用试算"),
        "score_beside": _l("要比较的得分属于 %(period)s，请把它列入试算的期间"),
        "score_period_ahead": _l("这个期间还没有开始"),
        "score_period_open": _l("期间到 %(last)s 结束，结束后才能公布"),
        "score_nobody": _l("没有可考核的单位"),
        "score_run_there": _l("这个期间已经公布，不能再算；更正经异议进入下一期"),
        "score_run_published": _l("已经公布，不能再改"),
        "score_run_moved": _l("打开之后已经重算过，请核对新的结果再公布"),
        "score_objection_closed": _l("不在异议期内"),
        "score_objection_there": _l("这一项已有异议待答复"),
        "score_objection_answered": _l("这项异议已经答复"),
        "score_reason": _l("请写明理由"),
        "score_points": _l("调整分请写不为零的数，最多 %(places)s 位小数，扣分写负数，如 0.5、-1.2"),
        "score_files": _l("最多 %(most)s 个文件"),
        "score_periods": _l("一次最多试算 %(most)s 个期间"),
    }
)
