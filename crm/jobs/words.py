"""Jobs in words."""

from flask_babel import lazy_gettext as _l

from crm.web import words

words.register("job_state", {"waiting": _l("等待开始"), "running": _l("进行中"), "done": _l("已完成"), "failed": _l("失败")})
words.register(
    "job_kind",
    {
        "meetings.make": _l("生成会议材料"),
        "bulk.apply": _l("批量操作"),
        "brands.index": _l("按品牌改动更新索引"),
        "claims.watch": _l("首报时限提醒"),
        "pipeline.watch": _l("暂缓与带缺口放行到期检查"),
        "supervision.watch": _l("督办到期检查"),
        "jobs.statistics": _l("数据库统计信息更新"),
        "matters.watch": _l("需协调事项到期检查"),
        "seals.watch": _l("代号到期检查"),
        "returns.watch": _l("周报到期检查"),
        "disputes.watch": _l("争议协调到期检查"),
        "golive.close": _l("上线窗口到期关闭"),
        "transfers.lapse": _l("流转到期检查"),
        "exchange.judge": _l("校验导入文件"),
        "exchange.apply": _l("写入导入数据"),
        "fillings.fill": _l("按表填报"),
        "datasets.make": _l("生成数据集"),
        "review.sweep": _l("全库比对"),
    },
)
