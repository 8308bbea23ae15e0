"""Money in words."""

from flask_babel import lazy_gettext as _l

from crm.web import refusals, words

words.register(
    "receipt_kind",
    {
        "cash": _l("现汇"),
        "kind": _l("实物"),
        "intangible": _l("无形资产"),
        "equity": _l("股权"),
        "reinvested": _l("利润再投资"),
        "shareholder_loan": _l("股东贷款"),
        "other": _l("其他形式"),
    },
)
words.register(
    "slip",
    {
        "wan_yi": _l("是已知金额的 %(times)s 倍，可能把“万”选成了“亿”，或把“元”填成了“万元”"),
        "unit_low": _l("只有已知金额的 1/%(times)s，可能少选了“万”或“亿”"),
        "tenfold_contracted": _l("是合同外资的 %(times)s 倍，可能多写了一个零"),
        "over_contracted": _l("加上这一笔，累计到资将超过合同外资"),
        "tenfold_up": _l("是以往最大一笔的 %(times)s 倍，可能多写了一个零"),
        "tenfold_down": _l("只有以往最小一笔的 1/%(times)s，可能少写了一个零"),
        "remarkable": _l("单笔达到 10 亿美元，且没有可以对照的金额"),
        "tiny": _l("不足 1,000 美元，可能少选了“万”"),
        "alike": _l("同一天已登记过相同金额，可能重复"),
    },
)
words.register("utilised_import_state", {"judged": _l("已校验，未写入"), "applied": _l("已写入"), "undone": _l("已撤销")})
words.register(
    "utilised_reason",
    {
        "undecodable": _l("有无法解码的字节"),
        "formula_cell": _l("单元格是公式或错误值，请粘贴为数值"),
        "required_empty": _l("必填项为空"),
        "too_long": _l("文字过长"),
        "bad_code": _l("统一社会信用代码校验不通过"),
        "code_number": _l("信用代码被存成了数字，末几位已丢失，请改为文本"),
        "unreadable_month": _l("月份读不出"),
        "cumulative": _l("是累计数，只收单月数"),
        "other_month": _l("与填写的月份不一致"),
        "future_date": _l("月份还没有到"),
        "unreadable_amount": _l("金额读不出"),
        "absurd_amount": _l("超过 100 亿美元，请检查单位"),
        "double_row": _l("同一代码同一月份重复，只取第一行"),
        "two_sums": _l("同一代码同一月份有两个不同金额，都未采用"),
    },
)
words.register(
    "rate_reason",
    {
        "no_rate": _l("汇率读不出或不合理"),
        "unknown_currency": _l("不认识的币种"),
        "impossible_date": _l("没有这一天，或日期读不出"),
        "late_day": _l("生效日期在一个月以后，请核对年份"),
        "double_row": _l("同一币种同一日期重复"),
        "far": _l("与上一次汇率相差超过两成"),
    },
)
words.register(
    "money_by",
    {"month": _l("按企业和月份"), "company": _l("按企业"), "country": _l("按直接投资方"), "controlling": _l("按控股方")},
)
refusals.register(
    {
        "receipt_future": _l("到资日期晚于今天"),
        "receipt_too_old": _l("到资日期过早，请检查年份"),
        "receipt_not_positive": _l("到资金额须大于零；要冲销一笔，请在那一笔上作废"),
        "receipt_too_large": _l("单笔超过 100 亿美元，请检查单位"),
        "receipt_reason": _l("请写明更正理由"),
        "receipt_corrected": _l("这一笔已被更正过，请在最新的一笔上更正"),
        "receipt_slips": _l("金额看起来不寻常，请核对后勾选再保存"),
        "utilised_no_table": _l("没有找到可用的表"),
        "utilised_no_code": _l("表头里没有“统一社会信用代码”一列"),
        "utilised_not_dollars": _l("表里写明的单位不是美元，请用以万美元为单位的表"),
        "utilised_range": _l("标题写的是几个月的累计，只收单月表"),
        "utilised_other_month": _l("标题里的月份与填写的 %(month)s 不一致"),
        "utilised_no_month": _l("表里没有月份列，标题里也没有年月，请填写月份"),
        "utilised_many_months": _l("标题里有几个月份，请填写月份"),
        "utilised_nothing": _l("没有可以写入的行"),
        "utilised_state": _l("这张表已写入或已撤销，请核对后再办"),
        "utilised_later": _l("之后的 %(file)s 已替换其中的数字，请先撤销那一张"),
        "rates_rows": _l("有的行不能用，整个文件未采用"),
        "rates_no_columns": _l("没有找到“币种”“日期”“汇率”三列"),
        "utilised_no_lead": _l("没有这个编号的线索，或它的投资方暂未披露"),
    }
)
