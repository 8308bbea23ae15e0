"""Messages in words."""

from datetime import datetime

from flask_babel import lazy_gettext as _l

from crm.notifications.models import Notification
from crm.web import fmt, words

_SENTENCES = {
    "lead.queued": _l("%(number)s %(name)s 等待研判"),
    "lead.assessed": _l("%(number)s %(name)s 研判结果：%(outcome)s"),
    "lead.second_report": _l("%(unit)s 也登记了 %(number)s %(name)s"),
    "lead.coordination": _l("%(unit)s 对 %(number)s %(name)s 提请市级协调"),
    "lead.to_coordinate": _l("%(unit)s 登记的 %(number)s %(name)s 需协调：%(matter)s"),
    "lead.stage_moved": _l("%(number)s %(name)s 进入%(stage)s"),
    "claim.granted": _l("%(number)s %(name)s 首报成立：%(claim)s"),
    "claim.amber": _l("%(number)s %(name)s 首报 %(due)s 到期，请写有效进展（写明对方并附佐证）"),
    "claim.due": _l("%(number)s %(name)s 首报已于 %(due)s 到期，拟释放"),
    "claim.extended": _l("%(number)s %(name)s 首报已延期：%(claim)s"),
    "claim.notice": _l("%(number)s %(name)s 首报拟释放，如无有效进展或延期，%(due)s 起可释放"),
    "claim.released": _l("%(number)s %(name)s 首报已释放：%(claim)s"),
    "claim.watched": _l("首报时限：新到期 %(due_count)s 件，即将到期 %(amber)s 件"),
    "merge.done": _l("%(name)s 已归并，请核对"),
    "merge.undone": _l("%(name)s 的归并已撤销"),
    "merge.asked": _l("%(unit)s %(person)s 提请归并 %(name)s，请在 %(due)s 前答复"),
    "merge.asked_city": _l("%(unit)s %(person)s 提请归并 %(name)s，已请相关单位在 %(due)s 前答复"),
    "merge.request_closed": _l("%(name)s 的归并征询：%(state)s"),
    "import.done": _l("%(file)s 导入完成：%(imported)s 条"),
    "import.judged": _l("%(file)s 校验完成，请查看"),
    "review.proposed": _l("%(unit)s %(person)s 提请归并两家企业"),
    "review.swept": _l("全库比对完成：%(compared)s 家，新增 %(added)s 对疑似重复"),
}
_CODES = {"outcome": "outcome", "stage": "stage", "state": "merge_request", "matter": "matter"}


def sentence(message: Notification) -> str:
    """What a message says, in the page's language; codes in its facts become words."""
    facts = {key: words.word(_CODES[key], value) if key in _CODES and value else value for key, value in message.facts.items()}
    if "due" in facts:
        facts["due"] = fmt.day(datetime.fromisoformat(facts["due"]))
    return str(_SENTENCES[message.code]) % facts


words.register("message", _SENTENCES)
