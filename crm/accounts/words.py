"""The room's refusals in words."""

from flask_babel import lazy_gettext as _l

from crm.web import refusals

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
