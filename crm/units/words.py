"""The room's codes in words."""

from flask_babel import lazy_gettext as _l

from crm.web import refusals, words

words.register(
    "unit_kind",
    {
        "city_office": _l("市级机构"),
        "headquarters": _l("指挥部"),
        "district": _l("区"),
        "department": _l("主管部门"),
        "overseas_office": _l("驻外机构"),
        "subdistrict": _l("街道"),
        "task_force": _l("招商专班"),
    },
)
# What hangs on a unit that is to be retired, and where that goes: the rooms above count it.
words.register(
    "unit_hanging",
    {
        "units": _l("下级单位"),
        "people": _l("在用账号"),
        "members": _l("专班成员"),
        "leads": _l("在跟线索和项目"),
        "claims": _l("有效首报"),
        "transfers": _l("办理中的流转"),
        "cards": _l("待承接项目"),
        "proposals": _l("承接申请"),
        "shares": _l("共享给本单位的线索"),
        "matters": _l("未办结的需协调事项"),
        "disputes": _l("办理中的争议"),
        "instructions": _l("未销号的批示件"),
        "targets": _l("现行指标"),
    },
)
words.register(
    "unit_hanging_way",
    {
        "units": _l("不随之停用，需要的请逐个停用"),
        "people": _l("仍可登录，请在用户页调到其他单位或停用"),
        "members": _l("随停用一并退出"),
        "leads": _l("仍记在本单位，请市统筹分派给其他单位"),
        "claims": _l("仍属本单位，照常计时"),
        "transfers": _l("请双方先答复或撤回"),
        "cards": _l("请先撤回，或由市统筹指定承接单位"),
        "proposals": _l("不会自动撤回"),
        "shares": _l("专班的共享随之结束，其他单位的照旧到期"),
        "matters": _l("请先答复或确认解决"),
        "disputes": _l("照常协调决定"),
        "instructions": _l("请承办单位先办结，或由交办方改交"),
        "targets": _l("仍计入考核和指标看板"),
    },
)
refusals.register(
    {
        "unit_code_taken": _l("代码 %(unit_code)s 已有单位使用"),
        "unit_follows": _l("专班还在跟进 %(count)s 个项目，请先流转给其他单位再停用"),
    }
)
