"""The room's refusals in words."""

from flask_babel import lazy_gettext as _l

from crm.web import refusals, words

# What stays with the name of somebody whose account is closed, and who sees to it: the rooms above count it.
words.register(
    "user_left",
    {
        "leads": _l("负责的线索和项目"),
        "steps": _l("未完成的下一步"),
        "matters": _l("未办结的需协调事项"),
        "instructions": _l("未销号的批示件"),
        "sponsored": _l("挂点的项目"),
        "delegations": _l("联络员委托"),
        "desks": _l("代理同事的工作"),
        "memberships": _l("所在的专班"),
        "shares": _l("共享给本人的线索"),
    },
)
words.register(
    "user_left_way",
    {
        "leads": _l("由单位负责人改派：清单按“负责人”筛选，批量操作"),
        "steps": _l("随线索改派一并转给新的负责人"),
        "matters": _l("由同单位的人继续答复或确认"),
        "instructions": _l("由市统筹代为销号或另行交办"),
        "sponsored": _l("在项目页另选挂点领导"),
        "delegations": _l("在领导页结束，或另行委托"),
        "desks": _l("由单位负责人结束，或另选代理人"),
        "memberships": _l("在专班成员页结束"),
        "shares": _l("到期自动结束，可由跟进单位提前结束"),
    },
)
refusals.register(
    {
        "wrong_password": _l("用户名或密码不对"),
        "username_form": _l("用户名用3到60个字母、数字、点、横线"),
        "name_form": _l("姓名用1到%(most)d个字"),
        "username_taken": _l("用户名 %(username)s 已有人使用"),
        "password_short": _l("密码至少%(minimum)d个字符"),
        "password_long": _l("密码最多%(maximum)d个字符"),
        "password_common": _l("这个密码太常见，容易被猜到，请换一个"),
        "password_has_name": _l("密码里不要包含姓名或用户名"),
        "no_task_force": _l("只有在用的专班可以加入其他单位在岗的专员和负责人"),
        "task_force_member": _l("该同志已在这个专班，请先结束原期限"),
        "task_force_until": _l("期限须在 %(first)s 至 %(last)s 之间"),
        "user_leads": _l("名下还有 %(count)s 条未终止的线索或项目，请先由所在单位的负责人改派：清单按“负责人”筛选，批量操作"),
        "own_role": _l("不能给自己授予角色"),
        "last_administrator": _l("这是最后一位能登录的系统管理员，请先新建另一位并待其设好密码，否则无人能管理账号"),
    }
)
