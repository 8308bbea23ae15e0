"""Outcomes, reasons and refusals of imports in words."""

from flask_babel import lazy_gettext as _l

from crm.web import refusals, words

words.register(
    "import_outcome",
    {
        "ready": _l("可导入"),
        "warning": _l("可导入，有提醒"),
        "refused": _l("需修正"),
        "duplicate": _l("疑似重复"),
        "imported": _l("已导入"),
        "skipped": _l("已记为第二次登记"),
    },
)
words.register(
    "import_state",
    {
        "waiting": _l("等待校验"),
        "judging": _l("校验中"),
        "judged": _l("已校验，待执行"),
        "applying": _l("写入中"),
        "done": _l("已完成"),
        "refused": _l("文件未接受"),
    },
)
words.register(
    "import_reason",
    {
        "unknown_stage": _l("不认识的阶段，可写：线索、在谈、签约、在建、投产"),
        "negative_amount": _l("金额不能为负"),
        "impossible_date": _l("没有这一天，或日期读不出"),
        "future_date": _l("日期晚于今天"),
        "unreadable_amount": _l("金额读不出"),
        "unit_slip_1000": _l("金额超过 1,000 亿元，可能是单位写错"),
        "contracted_exceeds_total": _l("合同外资超过总投资"),
        "formula_cell": _l("单元格是公式，不会执行"),
        "text_like_formula": _l("文字以公式符号开头，已按文字保存"),
        "zero_width": _l("有看不见的字符，已清除"),
        "required_empty": _l("必填项为空"),
        "no_letters": _l("名称里至少要有一个文字"),
        "too_long": _l("文字过长"),
        "bad_phone": _l("电话无法识别，未导入电话"),
        "unknown_country": _l("不认识的国家/地区，已留空"),
        "unknown_project_type": _l("不认识的项目类型，已留空，进入签约前请选择"),
        "unknown_cluster": _l("不是20+8的名称，请人工选择"),
        "unknown_event": _l("没有这项招商活动，未关联；须按全名或活动编号填写，没有登记的活动请先登记"),
        "ambiguous_event": _l("有几项同名的招商活动，未关联；请写成“开始日期 名称”"),
        "early_event": _l("这项活动开始还早，来源活动最早可在开始前 30 天关联，未关联"),
        "event_gone": _l("这项活动在导入之前已撤销，未关联"),
        "undecodable": _l("有无法解码的字节"),
    },
)
words.register(
    "import_decision", {"skip": _l("跳过"), "second_report": _l("记为第二次登记"), "another_project": _l("另一项目，照样导入")}
)
words.register("import_kind", {"leads": _l("线索清单"), "companies": _l("目标企业库")})
refusals.register(
    {
        "workbook_unreadable": _l("这个文件无法读作表格，可能已损坏"),
        "workbook_too_slow": _l("文件过大，读取超时"),
        "workbook_too_large": _l("超过 %(rows)d 行，请拆分后再导入"),
        "workbook_empty": _l("文件里没有内容"),
        "workbook_no_header": _l("没有找到表头：请保留“项目名称”“投资方”“阶段”等列名"),
        "import_not_judged": _l("请先完成校验"),
    }
)
