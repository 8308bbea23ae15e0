"""The empty list that an office may start from: its headings are ones that the reader knows, in both languages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of a blank list. `needed`: without it a row is not taken in; of the two names of an investor one will do."""

    name: str
    zh: str
    en: str
    needed: bool = False

    def said(self, lang: str) -> str:
        """In the page's language; what is needed ends with a star, which the reader skips."""
        return (self.en if lang.startswith("en") else self.zh) + ("*" if self.needed else "")


BLANKS: dict[str, tuple[Heading, ...]] = {
    "leads": (
        Heading("title", "项目名称", "Project name", needed=True),
        Heading("investor_zh", "投资方中文", "Investor (Chinese)", needed=True),
        Heading("investor_foreign", "投资方外文", "Investor (original)", needed=True),
        Heading("stage", "阶段", "Stage", needed=True),
        Heading("country", "国家/地区", "Country/region"),
        Heading("total", "总投资（亿元）", "Total investment (RMB million)"),
        Heading("contracted", "合同外资（万美元）", "Contracted foreign capital (USD million)"),
        Heading("cluster", "产业集群", "Cluster"),
        Heading("project_type", "项目类型", "Project type"),
        Heading("first_talks", "首谈日期", "First talks"),
        Heading("event", "来源活动", "Source event"),
        Heading("contact", "联系人", "Contact"),
        Heading("phone", "电话", "Phone"),
        Heading("follower", "跟进人", "Owner"),
        Heading("note", "备注", "Remarks"),
    ),
    "companies": (
        Heading("investor_zh", "企业名称（中文）", "Company (Chinese)", needed=True),
        Heading("investor_foreign", "企业名称（外文）", "Company (English)", needed=True),
        Heading("country", "国家/地区", "Country/region"),
        Heading("industry", "行业", "Industry"),
        Heading("website", "官网", "Website"),
        Heading("department", "对接部门", "Department"),
        Heading("note", "备注", "Remarks"),
    ),
}
