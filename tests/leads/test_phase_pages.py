"""The pages of phases: linked from a form, refused at its place, shown as a tree, ended."""

from typing import NamedTuple

import pytest

from crm.leads.queries import phases
from tests.leads.test_phases import with_sums
from tests.merging.stories import one_firm
from tests.pages import values_of
from tests.pipeline.test_pages import within

pytestmark = pytest.mark.only_on("sqlite")


class Plain(NamedTuple):
    """What of a lead outlives its session."""

    id: int
    public_id: str
    number: str


def two_with_sums():
    first, more = one_firm()
    with_sums(first, 10, 4000), with_sums(more, 15, 6000)
    return [Plain(one.id, one.public_id, one.number) for one in (first, more)]


def test_phases_from_form_to_tree(app, signed_in):
    first, more = within(app, two_with_sums)
    ours, at = signed_in("officer.nanshan"), f"/leads/{more.public_id}/phase"
    assert "登记为分期或增资" in ours.get(f"/leads/{more.public_id}").main
    page = ours.get(at)
    assert first.number in page.main
    typed = {"parent": first.number, "parent_number": "", "kind": "expansion", "number": "1", "basis": "cumulative", "reason": ""}
    once = values_of(page.form(at))["once"]
    page = ours.post(at, typed | {"parent": "", "parent_number": "SZ-1999-00001", "once": once}, status=422)
    assert "没有这个编号的项目" in page.main
    assert "SZ-1999-00001" in page.html
    page = ours.post(at, typed | {"number": "many", "once": once}, status=422)
    assert "请填 1 到 99 的数字" in page.main or "数字" in page.main
    ours.post(at, typed | {"once": once}, status=303)
    page = ours.get(f"/leads/{more.public_id}")
    for word in ("增资扩产", "计入总投资 5.00 亿元", "填报 15.00 亿元", "计入合同外资 2,000 万美元", first.number):
        assert word in page.main
    assert "增资扩产" in ours.get("/leads?stage=signed&scope=mine").main
    assert "已有上级项目" in ours.get(at).main
    out = f"/phases/{within(app, lambda: phases.links([more.id], upward=True)[0].public_id)}/end"
    signed_in("officer.baoan").get(out, status=404)
    ours.get(out)
    ours.post(out, {"reason": ""}, status=422)
    ours.post(out, {"reason": "登记有误"}, status=303)
    assert "登记为分期或增资" in ours.get(f"/leads/{more.public_id}").main
    assert "已经解除" in ours.get(out).main
