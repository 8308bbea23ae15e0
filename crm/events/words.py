"""Events in words."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from crm.core import regions
from crm.events.models import Event
from crm.events.rules import HOME
from crm.web import refusals, words
from crm.web.locale import html_lang

words.register(
    "event_kind",
    {
        "fair": _l("展会"),
        "roadshow": _l("推介会"),
        "ceremony": _l("签约仪式"),
        "matchmaking": _l("对接洽谈会"),
        "trip": _l("出访招商"),
        "forum": _l("论坛"),
        "other": _l("其他活动"),
    },
)
words.register("event_role", {"source": _l("来源活动"), "signed": _l("签约活动")})
refusals.register(
    {
        "event_backwards": _l("结束日期不能早于开始日期"),
        "event_too_long": _l("活动最长 %(most)s 天，请检查日期"),
        "event_day": _l("开始日期不合理：须在 2000 年以后、两年以内"),
        "event_there": _l("已有同名且同日开始的活动，请直接使用，不要重复登记"),
        "event_organiser": _l("主办单位须是在用的单位；区负责人只能登记本单位及下级单位主办的活动"),
        "event_withdrawn": _l("这项活动已撤销"),
        "event_in_use": _l("还有 %(n)s 个项目关联着这项活动，不能撤销；请先在项目页解除关联"),
        "event_reason": _l("请写明原因"),
        "event_unknown": _l("没有这项活动，请重新选择"),
        "event_ambiguous": _l("有几项同名的活动，请连开始日期一起写明"),
        "event_not_yet": _l("这项活动尚未举行：签约活动须已开始，来源活动最早可在开始前 30 天关联"),
        "event_not_signed": _l("项目尚未签约，签约后才能登记签约活动"),
        "event_link_moved": _l("打开之后，已有同事改过这个项目的活动，请核对后再保存"),
    }
)


def days_of(event: Event) -> str:
    """2026-09-08, or 2026-09-08 – 09-11."""
    if event.first_on == event.last_on:
        return event.first_on.isoformat()
    same_year = event.first_on.year == event.last_on.year
    return f"{event.first_on.isoformat()} – {event.last_on.isoformat()[5:] if same_year else event.last_on.isoformat()}"


def place_of(event: Event) -> str:
    """慕尼黑（德国）, Munich, Germany; at home, and where the city is the region, it alone, as it was typed."""
    names = {"city": event.city, "country": regions.region_name(event.country, html_lang())}
    if event.country == HOME or regions.parse_region(event.city) == event.country:
        return event.city
    return _("%(city)s（%(country)s）", **names)


def choice_of(event: Event) -> str:
    """An event in a list to choose from."""
    return f"{event.first_on.isoformat()}　{event.name}"
