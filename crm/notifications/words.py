"""Messages in words."""

from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from crm.notifications.queries import Message
from crm.units import queries as units
from crm.web import fmt, words
from crm.web.locale import html_lang

_SENTENCES = {
    "lead.queued": _l("%(number)s %(name)s 等待研判"),
    "lead.assessed": _l("%(number)s %(name)s 研判结果：%(outcome)s"),
    "lead.sent_back": _l("%(number)s %(name)s 研判结果：%(outcome)s。%(why)s"),
    "lead.supplied": _l("%(unit)s %(person)s 为 %(number)s %(name)s 补充了材料，请再次研判"),
    "lead.second_report": _l("%(unit)s 也登记了 %(number)s %(name)s"),
    "lead.coordination": _l("%(unit)s 对 %(number)s %(name)s 提请市级协调"),
    "lead.coordinated": _l("您再次登记的 %(name)s，市级协调意见：%(why)s"),
    "lead.to_coordinate": _l("%(unit)s 登记的 %(number)s %(name)s 需协调：%(matter)s"),
    "lead.stage_moved": _l("%(number)s %(name)s 进入%(stage)s"),
    "lead.paused": _l("%(number)s %(name)s 已暂缓：%(why)s"),
    "lead.ended": _l("%(number)s %(name)s 已终止：%(why)s"),
    "lead.resumed": _l("%(number)s %(name)s 恢复推进：%(why)s"),
    "lead.woke_up": _l("%(number)s %(name)s 的暂缓已到期，请决定恢复、继续暂缓或终止；暂缓原因：%(why)s"),
    "lead.override_over": _l("%(number)s %(name)s 带缺口进入阶段，%(due)s 已到期，材料仍未补齐"),
    "lead.expected_over": _l("%(number)s %(name)s 的“%(milestone)s”预计%(due)s达成，日期已过，请登记节点或调整预计日期"),
    "milestone.to_review": _l("%(number)s %(name)s 登记了节点“%(milestone)s”，请在%(due)s前初审"),
    "milestone.to_confirm": _l("%(number)s %(name)s 的节点“%(milestone)s”等待市级认定，%(due)s前办结"),
    "milestone.returned": _l("%(number)s %(name)s 的节点“%(milestone)s”被退回：%(why)s"),
    "milestone.confirmed": _l("%(number)s %(name)s 的节点“%(milestone)s”已市级认定"),
    "milestone.withdrawn": _l("%(number)s %(name)s 的节点“%(milestone)s”已撤回：%(why)s"),
    "claim.granted": _l("%(number)s %(name)s 首报成立：%(claim)s"),
    "claim.amber": _l("%(number)s %(name)s 首报 %(due)s到期，请写有效进展（写明对方并附佐证）"),
    "claim.due": _l("%(number)s %(name)s 首报已于%(due)s到期，拟释放"),
    "claim.extended": _l("%(number)s %(name)s 首报已延期：%(claim)s"),
    "claim.notice": _l("%(number)s %(name)s 首报拟释放，如无有效进展或延期，%(due)s起可释放"),
    "claim.released": _l("%(number)s %(name)s 首报已释放：%(claim)s"),
    "claim.watched": _l("首报时限：新到期 %(due_count)s 件，即将到期 %(amber)s 件"),
    "contact.revealed": _l("%(unit)s %(person)s 查看了 %(number)s %(name)s 的联系方式：%(why)s"),
    "go_live.opened": _l("上线窗口 %(first)s 至 %(last)s：请在此期间登记存量项目并附佐证，首报先为暂定"),
    "go_live.closed": _l("上线窗口已关闭，首报开始计时；%(conflicts)s 项冲突待协调，相关首报仍为暂定"),
    "go_live.settled": _l("%(number)s %(name)s 的上线冲突已有结论：%(answer)s"),
    "credit.changed": _l("%(number)s %(name)s 的业绩归属有调整：%(why)s"),
    "transfer.offered": _l("%(unit)s %(person)s 拟向您单位流转一个项目，请在%(due)s前答复"),
    "transfer.countered": _l("%(unit)s %(person)s 对流转提出另一归属方案，请在%(due)s前答复"),
    "transfer.accepted": _l("%(unit)s %(person)s 同意流转，待办理交接"),
    "transfer.declined": _l("%(unit)s 未接受流转：%(why)s"),
    "transfer.withdrawn": _l("%(unit)s 撤回了流转"),
    "transfer.lapsed": _l("一项流转期满未答复，已失效"),
    "transfer.handed_over": _l("%(unit)s %(person)s 已承接流转的项目"),
    "transfer.yours": _l("%(unit)s %(person)s 请您负责一个流转来的项目"),
    "transfer.assigned": _l("%(unit)s 把一个项目分派给%(to)s：%(why)s"),
    "transfer.returned": _l("%(unit)s 退回了流转的项目：%(why)s"),
    "transfer.city_move": _l("市内迁移：一家已在您区签约的企业，有一个项目转由%(unit)s跟进，不计新增"),
    "pool.put": _l("有新的待承接项目，可提出承接申请"),
    "pool.answered": _l("%(unit)s %(person)s 提出承接申请"),
    "pool.yours": _l("您单位的承接申请已被采纳，项目已移交"),
    "pool.closed": _l("您单位申请承接的项目已由其他单位承接"),
    "pool.withdrawn": _l("您单位申请承接的项目已撤回"),
    "score.published": _l("%(name)s %(period)s 得分已公布（第 %(number)s 期），有异议的请在%(due)s前提出"),
    "score.objected": _l("%(unit)s 对考核 %(period)s 的一项得分提出异议，请在%(due)s前答复"),
    "score.answered": _l("考核 %(period)s 的一项异议已答复：%(verdict)s"),
    "dispute.opened": _l("%(unit)s %(person)s 就一条涉及您单位的线索提出争议，请陈述情况，%(due)s前协调决定"),
    "dispute.stated": _l("%(unit)s %(person)s 在争议协调中作了陈述"),
    "dispute.decided": _l("一项争议已有协调决定：由%(to)s跟进；不服的可在%(due)s前提请复核"),
    "dispute.review_asked": _l("%(unit)s %(person)s 提请指挥部复核一项争议决定，%(due)s前办结"),
    "dispute.final": _l("一项争议已复核办结：由%(to)s跟进"),
    "dispute.soon": _l("一项争议须在%(due)s前决定"),
    "dispute.late": _l("一项争议已于%(due)s超过决定时限"),
    "dispute.withdrawn": _l("%(unit)s %(person)s 撤回了争议：%(why)s"),
    "matter.raised": _l("%(unit)s %(person)s 提出一项需协调事项，请在%(due)s前答复"),
    "matter.answered": _l("您提出的需协调事项已有答复，请确认是否解决"),
    "matter.accepted": _l("%(unit)s %(person)s 确认一项需协调事项已解决"),
    "matter.reopened": _l("%(unit)s %(person)s 认为需协调事项未解决：%(why)s"),
    "matter.lifted": _l("%(unit)s %(person)s 把一项需协调事项提级到%(level)s：%(why)s"),
    "matter.escalated": _l("一项需协调事项逾期未答复，已自动提级到%(level)s，请在%(due)s前答复"),
    "matter.reminded": _l("一项需协调事项 %(due)s到期，请答复"),
    "matter.late": _l("一项需协调事项已于%(due)s逾期，指挥部尚未答复"),
    "return.soon": _l("%(unit)s %(week)s 起一周的周报 %(due)s截止，尚未报送"),
    "return.late": _l("%(unit)s %(week)s 起一周的周报已于%(due)s截止，尚未报送"),
    "return.named": _l("%(week)s 起一周，%(count)s 个单位逾期未报周报：%(names)s"),
    "return.submitted": _l("%(unit)s 报送了 %(week)s 起一周的周报，请确认"),
    "return.sent_back": _l("%(unit)s %(week)s 起一周的周报被退回：%(why)s"),
    "return.confirmed": _l("%(unit)s %(week)s 起一周的周报已确认"),
    "instruction.given": _l("%(unit)s %(person)s 交办一件领导批示（%(number)s），请在%(due)s前办结"),
    "instruction.in_your_name": _l("%(unit)s %(person)s 以您的名义登记了批示件 %(number)s，请核对"),
    "instruction.fed_back": _l("%(unit)s %(person)s 反馈了批示件 %(number)s 的进展"),
    "instruction.reported": _l("%(unit)s %(person)s 报批示件 %(number)s 已办结，等待销号"),
    "instruction.asked_time": _l("%(unit)s %(person)s 申请批示件 %(number)s 延至 %(due)s：%(why)s"),
    "instruction.time_answered": _l("批示件 %(number)s 的延期申请已有答复，时限 %(due)s"),
    "instruction.returned": _l("%(unit)s %(person)s 退回批示件 %(number)s，请在%(due)s前续办：%(why)s"),
    "instruction.closed": _l("批示件 %(number)s 已销号"),
    "instruction.reminded": _l("批示件 %(number)s 的办理时限是 %(due)s，请及时反馈"),
    "instruction.late": _l("批示件 %(number)s 已于%(due)s逾期，仍未办结"),
    "force.joined": _l("您已加入%(to)s，至 %(until)s；共享给它的项目您可以查看"),
    "force.member": _l("%(unit)s %(person)s 加入%(to)s，至 %(until)s"),
    "force.over": _l("%(to)s已停用，不再有成员，共享给它的项目不再共享"),
    "force.left": _l("您已退出%(to)s"),
    "force.gone": _l("%(unit)s %(person)s 退出%(to)s"),
    "account.closed": _l("%(unit)s %(person)s 的账号已停用，名下线索 %(leads)s 条、待办 %(steps)s 项、其他 %(rest)s 项，请改派"),
    "unit.retired": _l("%(to)s已停用，名下线索 %(leads)s 条、在用账号 %(people)s 个、其他 %(rest)s 项，请安排去向"),
    "delegation.given": _l("%(person)s 自 %(first)s 至 %(last)s 担任%(to)s的联络员"),
    "delegation.ended": _l("%(person)s 担任%(to)s联络员的代理已结束"),
    "lead.sponsored": _l("%(to)s挂点 %(number)s %(name)s"),
    "desk.handed": _l("%(to)s 自 %(first)s 至 %(until)s 代理 %(person)s 的工作"),
    "desk.ended": _l("%(to)s 对 %(person)s 工作的代理已结束"),
    "merge.done": _l("%(name)s 已归并，请核对"),
    "merge.gone": _l("本单位的 %(name)s 已归并到 %(number)s，由%(to)s跟进；登记时间作为第二次登记保留"),
    "merge.undone": _l("%(name)s 的归并已撤销"),
    "merge.asked": _l("%(unit)s %(person)s 提请归并 %(name)s，请在%(due)s前答复"),
    "merge.asked_city": _l("%(unit)s %(person)s 提请归并 %(name)s，已请相关单位在%(due)s前答复"),
    "merge.request_closed": _l("%(name)s 的归并征询：%(state)s"),
    "share.given": _l("%(unit)s %(person)s 把 %(number)s %(name)s 共享给您单位，%(role)s，至 %(until)s"),
    "share.given_you": _l("%(unit)s %(person)s 把 %(number)s %(name)s 共享给您，%(role)s，至 %(until)s"),
    "share.given_force": _l("%(unit)s %(person)s 把 %(number)s %(name)s 共享给%(to)s，%(role)s，至 %(until)s"),
    "share.stopped": _l("%(number)s %(name)s 的共享（%(role)s，原至 %(until)s）已结束"),
    "share.ended": _l("%(number)s %(name)s 的共享已结束"),
    "share.asked": _l("%(unit)s %(person)s 申请%(role)s %(number)s %(name)s"),
    "share.proposed": _l("%(person)s 提请把 %(number)s %(name)s 共享给%(unit)s，%(role)s"),
    "share.granted": _l("%(unit)s 同意了%(role)s申请：%(number)s %(name)s"),
    "share.declined": _l("您的%(role)s申请未获同意：%(why)s"),
    "seal.asked": _l("%(unit)s %(person)s 申请为 %(number)s %(name)s 设代号"),
    "seal.set": _l("%(number)s %(name)s 已设为代号项目：%(code_name)s，至 %(until)s"),
    "seal.refused": _l("%(number)s %(name)s 的代号申请未获同意：%(why)s"),
    "seal.ended": _l("%(number)s %(name)s 已解除代号"),
    "seal.soon": _l("%(number)s %(name)s 的代号将于 %(until)s 到期；需要延期的，请在到期前由市统筹办理"),
    "seal.renewed": _l("%(number)s %(name)s 的代号延期至 %(until)s"),
    "seal.over": _l("%(number)s %(name)s 的代号已于 %(until)s 到期，项目恢复以本名显示"),
    "seal.unanswered": _l("%(number)s %(name)s 的代号申请到 %(until)s 仍未获答复，已失效，需要的请重新申请"),
    "probe.many": _l("%(unit)s %(person)s 今天查重命中 %(count)s 条无权查看的线索而未登记，请了解情况"),
    "lead.given": _l("%(person)s 请您负责 %(count)s 个项目"),
    "dataset.done": _l("数据集已生成，共 %(count)s 行，请下载"),
    "filling.done": _l("%(file)s 已填好 %(count)s 条，请取回"),
    "meeting.made": _l("会议材料 %(serial)s 已生成，可以下载"),
    "meeting.failed": _l("会议材料 %(serial)s 未能生成，请打开查看原因"),
    "bulk.done": _l("批量操作完成：%(count)s 条"),
    "import.done": _l("%(file)s 导入完成：%(imported)s 条"),
    "import.judged": _l("%(file)s 校验完成，请查看"),
    "review.proposed": _l("%(unit)s %(person)s 提请归并两家企业"),
    "review.settled": _l("您提请归并的两家企业已有判断：%(said)s"),
    "review.swept": _l("全库比对完成：%(compared)s 家，新增 %(added)s 对疑似重复"),
}
_CODES = {
    "outcome": "outcome",
    "stage": "stage",
    "state": "merge_request",
    "matter": "matter",
    "role": "share_role",
    "level": "matter_level",
    "answer": "go_live_answer",
    "said": "answer",
    "milestone": "milestone",
    "verdict": "objection_state",
}


def sentence(message: Message) -> str:
    """What a message says, in the page's language; codes in its facts become words."""
    facts = {key: words.word(_CODES[key], value) if key in _CODES and value else value for key, value in message.facts.items()}
    if "due" in facts:
        facts["due"] = fmt.day(datetime.fromisoformat(facts["due"]))
    if "until" in facts:
        facts["until"] = fmt.date(date.fromisoformat(facts["until"]))
    facts |= _in_english({key: facts[key] for key in ("unit", "to") if facts.get(key)})
    if message.hidden is not None:  # who told, where, and what they wrote may name it as well
        number = message.hidden or "—"
        facts |= {"number": number, "code_name": number, "name": _("名称按权限不显示"), "why": "—"}
        if message.subject_type == "transfer":  # its page tells both sides which units are in it, and what was said
            facts["why"] = _("理由见流转页")
        else:
            facts |= {"unit": _("某单位"), "person": _("某人")}
    return str(_SENTENCES[message.code]) % facts


def _in_english(named: dict[str, Any]) -> dict[str, Any]:
    """Units are kept by the name they had; on an English page one that is still called so goes by its English name."""
    if not named or html_lang() != "en":
        return {}
    known = {unit.name("zh"): unit.name("en") for unit in units.labels().values()}
    return {key: known.get(name, name) for key, name in named.items()}


words.register("message", _SENTENCES)
