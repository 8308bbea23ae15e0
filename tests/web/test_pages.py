"""What every page shares: headers, safe ways on, formats, error pages in words, both languages."""

import time
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.web import fmt, locale
from crm.web.headers import CSP
from crm.web.pages import options
from tests.builders import PASSWORD, a_lead

pytestmark = pytest.mark.only_on("sqlite")


def test_headers(client):
    headers = client.get("/account/sign-in").response.headers
    assert headers["Content-Security-Policy"] == CSP
    assert "unsafe" not in CSP
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Request-Id"]
    assert "Strict-Transport-Security" not in headers


@pytest.mark.parametrize(
    "target",
    [
        "//evil.test",
        "https://evil.test",
        "/\\evil.test",
        "\\\\evil.test",
        "javascript:alert(1)",
        "evil.test",
        "/%09/evil.test",
        "///evil.test",
        "/\t/evil.test",
    ],
)
def test_signing_in_leads_nowhere_else(client, target):
    page = client.get("/account/sign-in", query_string={"next": target})
    answer = page.submit("/sign-in", {"username": "leader", "password": PASSWORD})
    assert answer.location[0] == "/"
    assert answer.location[1:2] not in ("/", "\\", "\t")


def test_signing_in_leads_back(client):
    target = client.get("/leads?stage=all", status=303).location
    answer = client.get(target).submit("/sign-in", {"username": "leader", "password": PASSWORD})
    assert answer.location == "/leads?stage=all"


@pytest.mark.parametrize(
    "path", ["/nowhere", "/leads/" + "x" * 22, "/leads/%00", "/leads/" + "y" * 3000, "/../etc/passwd", "/leads/%F0%9F%98%80"]
)
def test_what_is_not_there(signed_in, path):
    page = signed_in("coordinator").get(path, status=404)
    assert "404" not in page.h1 or page.main
    assert "Traceback" not in page.html


def test_wrong_method_and_huge_posts(signed_in):
    browser = signed_in()
    assert browser.get("/account/sign-out", status=405).response.headers["Allow"]
    page = browser.post("/leads/new", {"title": "x" * (3 * 1024 * 1024)}, status=413)
    assert "一次最多提交 2.0 MB" in page.main
    huge = {"files": (BytesIO(b"x" * (25 * 1024 * 1024)), "scan.pdf")}
    assert "一次最多提交 24.0 MB" in browser.post("/leads/new", huge, status=413).main
    many = {f"field{number}": (BytesIO(b"x"), "scan.pdf") for number in range(2001)}
    assert "提交的文字或项数超过限制" in browser.post("/leads/new", many, status=413).main


@pytest.mark.parametrize("field", ["title", "investor", "name_2", "note", "website", "contact_email", "total_number", "text"])
@pytest.mark.parametrize("path", ["/leads/new", "/leads/matches", "/leads/paste"])
def test_overlong_text_costs_nothing(signed_in, path, field):
    """A hundred thousand signs in one field are answered at once: comparing them would keep a worker busy for minutes."""
    a_lead("Kestovar Robotics GmbH")
    browser = signed_in()
    for sign in ("1 ", "a@", "株式会社 ", "("):
        start = time.process_time()
        browser.http.post(path, data={"csrf_token": browser.token or browser._some_token(), field: (sign * 100_000)[:100_000]})
        assert time.process_time() - start < 3, sign


@pytest.mark.parametrize("query", [
    "page=0", "page=-1", "page=99999999999999999999", "page=x", "size=7", "size=-1", "stage=nowhere", "sort=x&order=y", "unit=zz", "country=..",
    "q=%00", "q=" + "x" * 5000, "q=%ED%A0%80", "from=9999-99-99", "to=0000-00-00", "min=1e400", "cluster=%27", "q=%25%5F", "scope=everything",
    "stage=all&stage=signed", "columns=x", "owner=1%20or%201",
])  # fmt: skip
def test_any_question_to_the_list_is_answered(signed_in, query):
    a_lead("Kestovar Robotics GmbH")
    signed_in("coordinator").get(f"/leads?{query}", status=(200, 422))


@pytest.mark.parametrize("path", ["", "/edit", "/next-step", "/share", "/contacts/new"])
def test_every_page_of_a_lead_stands_under_its_room(signed_in, path):
    """待研判 was marked on the page that edits a lead, and nothing on the lead's own."""
    public_id = a_lead().public_id
    page = signed_in("manager.nanshan").get(f"/leads/{public_id}{path}")
    here = [a.text for a in page.root.first("nav", class_="ob-nav").all("a") if a.get("aria-current")]
    assert here == ["线索与项目"]


def test_a_search_that_finds_nothing_says_so(signed_in):
    main = signed_in().get("/leads?q=zzqqzz").root.first("main")
    said, fetched = main.first("h2").text, main.first("div", id="totals").attrs.get("hx-get")
    assert said == "没有找到“zzqqzz”"
    assert fetched, "the numbers at the stages are fetched all the same"


def test_the_other_language(signed_in):
    browser = signed_in()
    assert browser.get("/").root.first("html")["lang"] == "zh-CN"
    browser.get("/").submit("/account/language/en")
    page = browser.get("/")
    assert page.root.first("html")["lang"] == "en"
    assert "登记线索" not in page.text
    browser.post("/account/language/tlh")
    assert browser.get("/").root.first("html")["lang"] == "en"


@pytest.fixture
def in_language(app, monkeypatch):
    def choose(lang):
        monkeypatch.setattr(locale, "language", lambda: lang)
        return app.test_request_context()

    return choose


def test_sums(in_language):
    with in_language("zh"):
        assert fmt.yi(1_200_000_000_00) == "12.00"
        assert fmt.wan(98_000_000_00) == "9,800"
        assert fmt.money(1_200_000_00 * 10, "USD").startswith("1,200 万")
        assert [fmt.money(None, "USD"), fmt.money(1, None), fmt.yi(None), fmt.num(None), fmt.date(None)] == ["—"] * 5
    with in_language("en"):
        assert fmt.money(1_200_000_000, "USD") == "USD 12.00 m"
        assert [fmt.money(500_000, "USD"), fmt.money(120_000_000_000, "CNY")] == ["USD 5,000", "RMB 1.20 bn"]
        assert [fmt.yi(1_200_000_000_00), fmt.wan(98_000_000_00), fmt.wan_full(98_765_432_10)] == ["1,200", "98.00", "98.7654"]
        assert [fmt.in_yi(1_200_000_000_00), fmt.in_yi(940_000_000_00)] == ["RMB 1.20 bn", "RMB 940 m"]
        assert [fmt.in_wan(98_000_000_00), fmt.yi_usd(93_997), fmt.yi_cell(10**10)] == ["USD 98.00 m", "939.97", 100]


def test_days(in_language, clock_at):
    clock_at("2026-06-18 09:30")
    with in_language("zh"):
        assert fmt.day(date(2026, 6, 18)) == "6月18日"
        assert fmt.day(date(2025, 6, 18)) == "2025年6月18日"
        assert fmt.when(datetime(2026, 6, 18, 1, 12, tzinfo=UTC)) == "今天 09:12"
        assert fmt.when(datetime(2026, 6, 17, 1, 12, tzinfo=UTC)) == "昨天 09:12"
        assert [fmt.due(date(2026, 6, d)) for d in (12, 18, 19)] == ["逾期 6 天", "今天", "明天"]
        assert [fmt.due_state(date(2026, 6, d)) for d in (17, 18, 19, 20)] == ["late", "soon", "soon", "planned"]
        assert fmt.days_since(datetime(2026, 6, 17, 15, 59, tzinfo=UTC)) == 1
    with in_language("en"):
        assert fmt.day(date(2026, 6, 18)) == "Jun 18"
        assert fmt.due(date(2026, 6, 12)) != "逾期 6 天"


@given(st.integers(0, 2**40))
def test_sizes(octets):
    shown, unit = fmt.size(octets).split(" ")
    assert float(shown) >= 0
    assert unit in ("B", "KB", "MB")


def test_the_cookie(client):
    sent = client.get("/account/sign-in").response.headers["Set-Cookie"]
    assert "HttpOnly" in sent
    assert "SameSite=Lax" in sent


def test_under_a_prefix_and_https():
    """Behind a gateway: every link keeps the prefix, cookies are bound to it."""
    from crm.app import create_app
    from tests import databases
    from tests.pages import PageClient

    databases.fresh("sqlite")
    app = create_app(databases.settings("sqlite", "board", PATH_PREFIX="/board", PUBLIC_URL="https://city.example/board"))
    browser = PageClient(app)
    page = browser.get("/board/account/sign-in", base_url="https://localhost/")
    links = [e.get(n) for e in page.root.walk() for n in ("href", "src", "action") if e.get(n) and not e.get(n).startswith("#")]
    assert links
    assert not [link for link in links if not link.startswith("/board/")]
    cookie = page.response.headers["Set-Cookie"]
    assert "Path=/board" in cookie
    assert "Secure" in cookie
    assert page.response.headers["Strict-Transport-Security"]
    databases.release(app)


def test_the_chosen_option_keeps_its_value():
    """Its mark is put into what is drawn already: escaped once more, the value would go out with quotes in it."""
    drawn = options([(1, "A & B"), (11, "<b>"), (2, 'value="1"')], 1)
    assert str(drawn) == (
        '<option value="1" selected>A &amp; B</option><option value="11">&lt;b&gt;</option>'
        '<option value="2">value=&#34;1&#34;</option>'
    )
    assert "selected" not in options([(1, "A")], None)


def test_a_stroke_too_much_or_too_few_at_the_end_of_an_address(signed_in):
    browser = signed_in("coordinator")
    for address in ("/leads", "/leads/", "/review", "/review/"):
        browser.get(address)
