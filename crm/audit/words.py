"""Acts in words. Each act that any room records has its name here; a house test knows."""

from flask_babel import lazy_gettext as _l

from crm.web import words

words.register(
    "audit_action",
    {
        "account.created": _l("建立用户"),
        "account.disabled": _l("停用用户"),
        "account.enabled": _l("启用用户"),
        "account.password_set": _l("设置密码"),
        "account.reset": _l("重置密码"),
        "account.role_granted": _l("授予角色"),
        "account.sign_in_refused": _l("登录被拒"),
        "account.signed_in": _l("登录"),
        "claim.granted": _l("首报成立"),
        "company.created": _l("建立企业"),
        "company.learned": _l("补充企业信息"),
        "company.pair_decided": _l("判定两家企业"),
        "company.pair_undecided": _l("撤销对两家企业的判定"),
        "contact.added": _l("添加联系人"),
        "contact.revealed": _l("查看联系方式"),
        "file.opened": _l("打开文件"),
        "file.stored": _l("上传文件"),
        "import.decided": _l("确认导入重复项"),
        "import.finished": _l("导入完成"),
        "import.judged": _l("导入校验完成"),
        "import.started": _l("开始导入"),
        "lead.assessed": _l("研判"),
        "lead.edited": _l("修改线索"),
        "lead.exported": _l("导出清单"),
        "lead.logged": _l("登记线索"),
        "lead.progress": _l("写进展"),
        "lead.reported_again": _l("再次登记"),
        "lead.stage_moved": _l("推进阶段"),
        "lead.tagged": _l("标注产业集群"),
        "rate.added": _l("新增汇率"),
        "review.decided": _l("判断疑似重复"),
        "review.swept": _l("全库比对完成"),
        "review.undone": _l("撤销疑似重复的判断"),
        "unit.created": _l("新增单位"),
        "unit.renamed": _l("单位更名"),
        "unit.retired": _l("停用单位"),
    },
)
