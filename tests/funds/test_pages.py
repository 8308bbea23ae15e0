"""The page of first funds: choosing, entering, bad input at its place."""

import re
from io import BytesIO

import pytest

from crm.core import clock
from tests.leads.stories import PDF
from tests.pages import values_of
from tests.pipeline.stories import negotiating
from tests.pipeline.test_pages import within

pytestmark = pytest.mark.only_on("sqlite")


def test_first_funds_from_form_to_page(app, signed_in):
    lead = within(app, negotiating)
    ours, at = signed_in("officer.nanshan"), f"/first-funds/{lead.public_id}"
    assert "登记首笔到资节点" in ours.get(f"/leads/{lead.public_id}").main
    page = ours.get(at)
    typed = values_of(page.form(f"{at}/new")) | {
        "amount_number": "120", "amount_unit": "wan", "amount_currency": "USD", "received_on": clock.today().isoformat(),
    }  # fmt: skip
    page = ours.post(f"{at}/new", typed, status=422)
    assert "须有到资凭证" in page.main
    assert 'value="120"' in page.html
    page = ours.post(f"{at}/new", typed | {"amount_number": "much"}, status=422)
    ours.post(f"{at}/take", {"once": "x"}, status=422)
    page = ours.post(f"{at}/new", typed | {"amount_number": "much", "proof_file": (BytesIO(PDF), "bank.pdf")}, status=422)
    assert "凭证文件需要重新选择一次" in page.main  # a browser does not send it again
    typed["proof_file"] = (BytesIO(PDF), "bank.pdf")
    ours.post(f"{at}/new", typed, status=303)
    page = ours.get(f"/leads/{lead.public_id}")
    assert page.main.count("首笔到资") >= 2
    assert "bank.pdf" in page.main
    assert "登记首笔到资节点" not in page.main
    assert "后来更正或作废" not in page.main
    correct = re.search(r"/money/receipts/[\w-]+/correct", page.html).group(0)
    ours.post(correct, values_of(ours.get(correct).form(correct)) | {"withdrawn": "y", "reason": "重复登记"}, status=303)
    page = ours.get(f"/leads/{lead.public_id}")
    assert "后来更正或作废" in page.main, "a milestone that stands on what was taken back is named"
    stone = re.search(r"请核对节点.*?/milestones/([\w-]+)", page.html).group(1)
    assert "这笔到资已作废" in ours.get(f"/milestones/{stone}").main
    manager, city = signed_in("manager.nanshan"), signed_in("coordinator")
    for theirs, verb in ((manager, "review"), (city, "confirm")):
        box = theirs.get(f"/milestones/?tab={verb}")
        assert "重复登记" in box.main, "who decides sees that the money was taken back"
        pick = re.search(rf"{stone}:\d+", box.html).group(0)
        batch = theirs.post("/milestones/batch", {"act": verb, "pick": pick}, status=200)
        assert "这笔到资已作废" in batch.main
        at_, typed = f"/milestones/{stone}/{verb}", theirs.get(f"/milestones/{stone}")
        assert "这笔到资已作废" in typed.main
        if verb == "review":
            theirs.post(at_, values_of(typed.form(at_)), status=303)
    assert "已经登记" in ours.get(at).main
    signed_in("officer.baoan").get(at, status=404)
