"""Which column of a list is which: our fields and the words offices write over them."""

from crm.core.workbooks.tables import Table, find_table

__all__ = ["COMPANY_COLUMNS", "LEAD_COLUMNS", "Table", "find_table"]

# Our field -> the words offices write over such a column (folded: no spaces, brackets or line breaks, lower case).
LEAD_COLUMNS: dict[str, tuple[str, ...]] = {
    "title": ("项目名称", "项目", "拟投资项目", "projectname", "project"),
    "investor_zh": ("投资方中文", "投资方", "投资方名称", "投资者中文名称", "外方投资者名称中文", "投资企业中文", "投资企业", "投资者名称", "企业名称",
                    "企业名称中文", "investor", "investorchinese", "投资主体"),
    "investor_foreign": ("投资方外文", "外方投资者名称原文", "投资方英文", "外文名称", "英文名称", "投资者外文名称", "企业名称外文", "investorenglish",
                         "investororiginal", "原文名称"),
    "country": ("国别地区", "国家地区", "国别", "国家", "来源地", "投资来源地", "countryregion", "country"),
    "total": ("投资总额", "总投资", "总投资额", "项目总投资", "计划总投资", "总投资申报值", "totalinvestment",
              "totalinvestmentasreported"),
    "contracted": ("合同外资", "合同外资额", "合同利用外资", "合同外资申报值", "contractedforeigncapital",
                   "contractedforeigncapitalasreported"),
    "cluster": ("所属产业", "产业集群", "所属集群", "产业", "行业", "所属行业", "industry", "cluster"),
    "project_type": ("项目类型", "项目类别", "建设类型", "建设类非建设类", "是否建设类", "projecttype"),
    "stage": ("阶段", "项目阶段", "进展阶段", "当前阶段", "项目状态", "stage"),
    "first_talks": ("首谈时间", "首次洽谈日期", "首谈日期", "首次接触时间", "洽谈时间", "firsttalks"),
    "event": ("招商活动", "来源活动", "活动", "活动名称", "招商活动名称", "来源招商活动", "项目来源活动", "来源展会", "来源活动名称", "所属活动",
              "活动编号", "招商活动编号", "来源活动编号", "event", "sourceevent", "eventname", "eventnumber"),
    "contact": ("联系人", "企业联系人", "外方联系人", "contact"),
    "phone": ("电话", "联系电话", "联系方式", "手机", "phone"),
    "follower": ("跟进人", "责任人", "负责人", "经办人", "owner"),
    "note": ("备注", "说明", "进展情况说明", "note", "remarks"),
}  # fmt: skip
COMPANY_COLUMNS: dict[str, tuple[str, ...]] = {
    "investor_zh": ("企业名称中文", "企业名称", "中文名称", "公司名称", "名称", "company", "companychinese"),
    "investor_foreign": ("企业名称外文", "外文名称", "英文名称", "企业名称英文", "companyenglish"),
    "country": LEAD_COLUMNS["country"],
    "industry": ("行业", "所属行业", "产业", "industry"),
    "website": ("官网", "网址", "网站", "website"),
    "department": ("对接部门", "责任部门", "department"),
    "note": LEAD_COLUMNS["note"],
}
