"""Setting type: Chinese comes out as Chinese with its fonts, text stays text, a template cannot reach out, errors name their place."""

import pytest

from crm.core.errors import TemplateUnfit
from crm.core.typeset import Template, setting, typeset
from tests import printed

HEAD = '#import "paper.typ": *\n#show: paper\n'
FACTS = {"title": "会议材料", "lang": "zh", "mark": "编号 SZ-1", "notice": "非涉密", "watermark": "王玉　2026-11-26"}


def test_chinese_comes_out_as_chinese():
    words = "夕凪電子（深圳）有限公司 삼성전자 Škoda #panic() *plain*"
    content = typeset(HEAD + '#rows((1fr,), ("名称",), (data.word,))', FACTS | {"word": words})
    text = printed.said(content)
    for word in (words, "编号SZ-1", "非涉密", "王玉", "2026-11-26", "名称", "1/1"):
        assert "".join(word.split()) in text, word
    fonts = printed.fonts(content)
    assert all(fonts.values()), fonts
    assert {"NotoSerifSC-Regular", "NotoSansSC-Regular"} <= {name.removesuffix("-Identity-H") for name in fonts}


@pytest.mark.parametrize(
    "body, why",
    [
        ("#data.moon", 'does not contain key "moon" (main.typ:3'),
        ('#read("/etc/passwd")', "file not found"),
        ('#read("../../../etc/passwd")', "main.typ:3"),
        ('#import "@preview/cetz:0.3.0": *', "failed to download package"),
        ("#while true { 1 }", "main.typ:3"),
        ("#let broken = (", "unclosed delimiter"),
    ],
)
def test_what_a_template_may_not(body, why):
    with pytest.raises(TemplateUnfit) as refused:
        typeset(HEAD + body, FACTS)
    assert why in refused.value.facts["what"]
    assert "/tmp" not in refused.value.facts["what"]


def test_a_template_that_takes_too_long_is_stopped(monkeypatch):
    monkeypatch.setattr(setting, "WAIT", 0.05)
    with pytest.raises(TemplateUnfit):
        typeset(HEAD, FACTS)


def test_the_offices_own(tmp_path):
    shipped = tmp_path / "shipped.typ"
    shipped.write_text(HEAD + "#data.title #data.sum", "utf-8")
    template, own = Template("own.typ", shipped, frozenset({"sum"})), tmp_path / "own.typ"
    assert template.checked(tmp_path) == shipped.read_text("utf-8")
    own.write_text("#data.sum #data.moon", "utf-8")
    with pytest.raises(TemplateUnfit) as refused:
        template.checked(tmp_path)
    assert refused.value.facts["what"] == "own.typ: moon"
    own.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(TemplateUnfit):
        template.checked(tmp_path)
    own.write_text("#data.at(data.sum)", "utf-8")
    with pytest.raises(TemplateUnfit):
        template.tried(tmp_path, FACTS | {"sum": "none"})
