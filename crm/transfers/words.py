"""Transfers and open projects in words."""

from flask_babel import lazy_gettext as _l

from crm.web import refusals, words

words.register("transfer_kind", {"offer": _l("单位间流转"), "assigned": _l("定向分派"), "pool": _l("待承接项目")})
words.register(
    "transfer_state",
    {
        "open": _l("等待答复"),
        "accepted": _l("待交接"),
        "declined": _l("未接受"),
        "withdrawn": _l("已撤回"),
        "lapsed": _l("期满失效"),
        "handed_over": _l("已承接"),
        "returned": _l("已退回"),
    },
)
words.register("transfer_turn", {"receiver": _l("待承接单位答复"), "giver": _l("待移出单位答复")})
words.register(
    "transfer_move",
    {
        "offered": _l("提出流转"),
        "countered": _l("提出另一方案"),
        "accepted": _l("同意流转"),
        "declined": _l("不接受"),
        "withdrawn": _l("撤回"),
        "lapsed": _l("期满未答复"),
        "assigned": _l("分派"),
        "handed_over": _l("完成交接"),
        "returned": _l("退回"),
    },
)
words.register("card_state", {"open": _l("待承接"), "assigned": _l("已有单位承接"), "withdrawn": _l("已撤回")})
words.register(
    "handover",
    {
        "step": _l("下一步"),
        "contacts": _l("联系人"),
        "files": _l("附件"),
        "shares": _l("共享与协办"),
        "claim": _l("首报"),
        "credit": _l("业绩归属"),
    },
)
refusals.register(
    {
        "transfer_open": _l("这个项目已有一项流转在办，请先办结"),
        "transfer_closed": _l("这项流转已有结果，可能刚被别人办理，请核对后再办"),
        "transfer_over": _l("答复期限 %(day)s 已过，这项流转已失效"),
        "transfer_turn": _l("现在轮到对方答复"),
        "transfer_unit": _l("请选择跟进单位以外的在用单位"),
        "transfer_owner": _l("负责人须是承接单位的在岗人员"),
        "transfer_reason": _l("请写明理由"),
        "transfer_merged": _l("这条线索已归并到另一条，不能再流转"),
        "transfer_ended": _l("项目已终止，不能流转"),
        "transfer_return_late": _l("只有承接单位可以退回，且须在承接后 %(days)s 天内、项目未再转出时提出"),
        "transfer_tells": _l("文字中的“%(word)s”会透露投资方，请改写后再提交"),
        "pool_open": _l("这个项目已在待承接项目中，请先撤回"),
        "pool_closed": _l("这个项目已不在待承接项目中，可能刚被分派或撤回"),
        "pool_over": _l("申请期限 %(day)s 已过，不能再提出承接申请"),
        "pool_answer_gone": _l("该单位刚更新了承接申请，请看最新的一份"),
    }
)
