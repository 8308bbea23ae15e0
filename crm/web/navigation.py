"""The words in the header, in order, and who sees them. Of many the first five stand there, the others behind 更多."""

from flask_babel import lazy_gettext as _l

from crm.web.pages import Room

# The pages of one lead stand under 线索与项目, whichever room answers them.
LEADS = [
    "desk.board", "desk.lead", "desk.credit_page", "desk.share", "desk.seal", "desk.phase", "desk.expected_day", "desk.next_step",
    "desk.owner", "desk.total", "desk.lead_readings", "desk.source_event", "desk.signed_event", "desk.views", "desk.view",
    "desk.edit_view", "desk.new_view", "desk.bulk", "desk.company", "desk.assist", "leads.new", "leads.create", "leads.paste_in",
    "leads.edit", "leads.edit_now", "leads.tag", "leads.contact", "pipeline.move", "pipeline.status", "pipeline.expected",
    "pipeline.new_milestone", "pipeline.correct", "visits.write", "funds.choose", "merging.new",
]  # fmt: skip
ROOMS = [
    Room(_l("首页"), "desk.home", ("home", "read"), on_phone=True),
    Room(_l("线索与项目"), "desk.pipeline", ("lead", "list"), on_phone=True, also=LEADS),
    Room(_l("一盘棋"), "board.index", ("board", "read")),
    Room(_l("指标看板"), "dashboard.index", ("dashboard", "read"), also=["targets", "assessment"]),
    Room(_l("待研判"), "leads.queue", ("lead", "queue"), also=["leads.assess"]),
    Room(_l("流转与承接"), "transfers.inbox", ("transfer", "list")),
    Room(_l("协调"), "disputes.index", ("dispute", "list"), also=["matters", "supervision", "desk.headquarters"]),
    Room(_l("节点认定"), "pipeline.queue", ("milestone", "list"), also=["pipeline.milestone", "pipeline.preview"]),
    Room(_l("资金"), "money.index", ("receipt", "list"), also=["reports.district_table"]),
    Room(_l("三个一批"), "batches.index", ("edition", "list")),
    Room(_l("招商活动"), "events.index", ("event", "list"), also=["desk.event", "desk.event_leads"]),
    Room(_l("会议材料"), "meetings.index", ("meeting_pack", "list")),
    Room(_l("区级周报"), "returns.index", ("weekly_return", "list")),
    Room(_l("疑似重复"), "review.index", ("review", "list")),
    Room(_l("拟释放"), "desk.claims_queue", ("claim", "queue")),
    Room(_l("上线对账"), "golive.index", ("golive", "list")),
    Room(_l("导入"), "exchange.index", ("import", "list")),
    Room(_l("按表填报"), "fillings.index", ("filling", "list")),
    Room(_l("数据集"), "datasets.index", ("dataset", "list")),
    Room(_l("产业集群"), "clusters.index", ("reference", "read")),
    Room(_l("品牌与别名"), "brands.index", ("reference", "edit")),
    Room(_l("保护规则"), "claims.index", ("reference", "edit")),
    Room(_l("阶段关口"), "pipeline.gate_tables", ("gate_table", "edit"), also=["pipeline.gate_table", "pipeline.new_gates"]),
    Room(_l("文件模板"), "stationery.index", ("paper_template", "list")),
    Room(_l("单位"), "units.index", ("unit", "list")),
    Room(_l("工作代理"), "deputies.index", ("desk", "list")),
    Room(_l("用户"), "accounts.users", ("user", "list")),
    Room(_l("查重留痕"), "readings.index", ("probe", "list")),
    Room(_l("留痕"), "audit.index", ("audit", "read")),
]
