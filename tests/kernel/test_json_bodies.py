"""No form of the board takes JSON: a list or a number in it is refused in words, never a server error."""

import re
from typing import Any

import pytest
from flask import Flask


@pytest.mark.parametrize("body", [[1], 1, "x", {"username": 1, "password": [2]}], ids=range(4))
def test_a_form_sent_as_json_is_refused(app: Flask, body: Any) -> None:
    client = app.test_client()
    page = client.get("/account/sign-in")
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    answer = client.post("/account/sign-in", json=body, headers={"X-CSRFToken": token.group(1) if token else ""})
    assert answer.status_code == 415
