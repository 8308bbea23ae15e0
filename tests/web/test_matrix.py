"""The table of rights, asked through every door: each role (and a visitor) at each address, for each kind of record.

What is expected comes from table.json alone. A refused request changes nothing. Pages are checked as they come.
"""

import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import func, select

from crm.core.db import Base, db
from crm.jobs.jobs import work_off
from crm.policy import rules as policy
from crm.web import texts
from tests.builders import USERNAMES, actor
from tests.long import mostly_full
from tests.pages import PageClient
from tests.web import world as city

PEOPLE = [*USERNAMES, "visitor"]
FRAGMENTS = {"desk.peek", "desk.numbers", "desk.column", "desk.held", "desk.groups", "desk.owners", "desk.views_menu"}
# Addresses about a record that is no lead: who may, from the table.
OWN = {
    "exchange.show": "imports", "exchange.result": "imports", "jobs.show": "jobs", "fillings.show": "fillings",
    "fillings.fill": "fillings", "fillings.result": "fillings",
}  # fmt: skip
# Tables in which a refused request may leave something: what one tried, sessions, the access log.
TRACES = {"audit_line", "audit_payload", "session_row", "held_form", "guess"}


@pytest.fixture
def world(app):
    return city.build(app)


def browser_of(app, username):
    browser = PageClient(app)
    if username != "visitor":
        browser.sign_in(username)
    return browser


def _address(rule, **values):
    path = rule.rule
    for name, value in values.items():
        path = path.replace(f"<string:{name}>", value)
    return path


def _cases(app, world, username, method):
    """(rule, address, expected status or statuses, note) for one person."""
    who = actor(username) if username != "visitor" else None
    for rule in sorted(app.url_map.iter_rules(), key=lambda r: r.rule):
        if rule.endpoint == "static" or method not in (rule.methods or ()):
            continue
        guard = app.view_functions[rule.endpoint].guard
        for address, expected in _records(rule, guard, who, world):
            yield rule, address, expected


def _records(rule, guard, who, world):
    record, action = guard
    if record == "open":
        return
    if who is None:
        yield _address(rule, public_id="A" * 22), 303
        return
    if not policy.possible(who.role, record, action):
        yield _address(rule, public_id=next(iter(world.samples.values())).lead.public_id), 403
        return
    if "public_id" not in rule.arguments:
        yield _address(rule), 200
        return
    if rule.endpoint in OWN or record == "import":
        for owner, public_id in getattr(world, OWN.get(rule.endpoint, "imports")).items():
            may = policy.can(policy.towards_self(who, actor(owner).user_id), record, action)
            yield _address(rule, public_id=public_id), 200 if may else 404
    elif record in ("lead", "file", "contact", "claim", "share", "seal", "credit"):
        for sample in world.samples.values():
            yield _about(rule, record, action, sample, who)
    elif record == "reference":
        yield _address(rule, public_id="bosch"), 200
    elif record == "company":
        for sample in world.samples.values():  # a company is seen, and edited, through its leads
            stands = city.standing(sample, who)
            seen = 200 if action == "read" or policy.can(stands, record, action) else 403
            yield _address(rule, public_id=sample.company), seen if policy.can(stands, "lead", "read_names") else 404
    elif record in ("user", "unit"):
        from tests.builders import a_unit, someone

        yield _address(rule, public_id=a_unit("SZ-BA").public_id if record == "unit" else someone("leader").public_id), 200
    yield _address(rule, public_id="A" * 22), 404


def _about(rule, record, action, sample, who):
    stands = city.standing(sample, who)
    target = sample.lead.public_id
    if rule.endpoint in ("files.download", "leads.type_evidence"):
        target = sample.file
    if rule.endpoint in ("desk.end_share", "desk.answer_request"):  # a share's own address, and a request's
        target = sample.share if rule.endpoint == "desk.end_share" else sample.request
    if record == "contact" and "/contacts/<" in rule.rule:  # a contact's own address; a new one stands under its lead
        target = sample.contact
    if policy.can(stands, record, action):
        return _address(rule, public_id=target), 200
    seen = policy.can(stands, "lead", "read_detail") and record != "file"
    return _address(rule, public_id=target), (403, 404) if seen else 404


@pytest.mark.parametrize("username", mostly_full(PEOPLE, "officer.baoan", "secadmin", "visitor"))
@pytest.mark.only_on("sqlite")
def test_every_page(app, world, username):
    browser, count = browser_of(app, username), 0
    with app.app_context():
        cases = list(_cases(app, world, username, "GET"))
    for rule, address, expected in cases:
        if rule.endpoint in ("exchange.result", "fillings.result") and expected == 200:
            expected = (200, 404)  # there is a result once the rows are written
        if rule.endpoint == "leads.assess" and expected == 200:
            expected = (200, 303)
        fragment = rule.endpoint in FRAGMENTS and username != "visitor"
        page = browser.get(address, status=expected, htmx=fragment, ceiling=40)
        if expected == 303:
            assert "/account/sign-in" in page.location, address
        count += 1
    assert count > 15


@pytest.mark.full
@pytest.mark.only_on("postgres")
def test_every_page_on_the_other_database(app, world):
    for username in ("officer.baoan", "coordinator"):
        browser = browser_of(app, username)
        with app.app_context():
            cases = list(_cases(app, world, username, "GET"))
        for rule, address, expected in cases:
            if expected == 200 and rule.endpoint not in ("exchange.result", "fillings.result"):
                browser.get(address, htmx=rule.endpoint in FRAGMENTS, ceiling=40)


@pytest.mark.parametrize("username", mostly_full(("officer.nanshan", "coordinator", "auditor", "sysadmin"), "sysadmin"))
@pytest.mark.only_on("sqlite")
def test_every_page_speaks_english(app, world, username):
    """No text that has an English stands in Chinese on an English page."""
    browser = browser_of(app, username)
    browser.post("/account/language/en")
    with app.app_context():
        cases = [
            case
            for case in _cases(app, world, username, "GET")
            if case[2] == 200 and case[0].endpoint not in ("exchange.result", "fillings.result")
        ]
    known, slips = {source for source, english in texts.english().items() if english != source}, set()
    for rule, address, _expected in cases:
        page = browser.get(address, status=(200, 303, 404), htmx=rule.endpoint in FRAGMENTS, ceiling=40)
        if not page.is_html:
            continue
        for element in page.root.walk():
            said = [child.strip() for child in element.children if isinstance(child, str)]
            said += [element.get(name) for name in ("aria-label", "placeholder", "title")]
            if element.get("lang").startswith("zh"):
                continue
            slips |= {f"{rule.endpoint}: {text}" for text in said if text in known}
    assert not slips, sorted(slips)


def _contents(app):
    with app.app_context():
        found = {}
        for table in Base.metadata.sorted_tables:
            if table.name not in TRACES:
                found[table.name] = [tuple(row) for row in db.session.execute(select(table).order_by(*table.primary_key))]
        db.session.remove()
        return found


@pytest.mark.parametrize("username", mostly_full(PEOPLE, "officer.baoan", "leader", "visitor"))
@pytest.mark.only_on("sqlite")
def test_what_is_refused_changes_nothing(app, world, username):
    """Every POST that the table forbids is refused (with a valid token and an honest form), and no row of any table differs."""
    browser = browser_of(app, username)
    with app.app_context():
        cases = [case for case in _cases(app, world, username, "POST") if case[2] != 200]
    before = _contents(app)
    for rule, address, expected in cases:
        if username == "visitor":
            expected = (303, 400)
        statuses = expected if isinstance(expected, tuple) else (expected,)
        # A form that does not even hold together may be answered before the record is looked at.
        page = browser.post(
            address, _form_for(rule.endpoint, world), status=(*statuses, 422, 303) if len(statuses) == 2 else (*statuses, 422)
        )
        if page.status == 303:
            assert username == "visitor" or "sign-in" not in page.location
    assert _contents(app) == before
    assert username in ("coordinator",) or cases


def _form_for(endpoint, world):
    """Something a form of this door could hold."""
    from crm.core import clock

    today = clock.today().isoformat()
    return {
        "leads.add_files": {"files": (BytesIO(city.PNG), "slipped-in.png"), "purpose": "attachment"},
        "leads.type_evidence": {"evidence_type": "intent"},
        "visits.write_now": {"text": "slipped in", "kind": "visit", "on": today},
        "pipeline.move_now": {"to": "negotiating", "on": today, "note": "slipped in", "version": "1"},
        "leads.assess_now": {"outcome": "admitted", "reason": "slipped in"},
        "leads.edit_now": {"title": "slipped in", "source": "visit", "version": "1"},
        "leads.tag_now": {"primary": "1", "version": "1"},
        "leads.reveal": {"reason": "I want to know"},
        "accounts.create_user": {"username": "slipped.in", "name": "slipped", "role": "leader", "unit": "1"},
        "accounts.change_user": {"name": "slipped in", "unit": "SZ-BA"},
        "accounts.grant_role": {"role": "security_admin"},
        "units.create": {"code": "SZ-XX", "zh": "slipped", "en": "slipped", "kind": "district"},
        "units.rename": {"zh": "slipped in", "en": "slipped in"},
        "desk.answer_request": {"reply": "yes", "reason": "slipped in"},
        "desk.consent_seal": {"reply": "yes", "reason": "slipped in"},
        "desk.renew_seal": {"until": (clock.today() + timedelta(days=120)).isoformat(), "reason": "slipped in"},
        "exchange.run": {},
    }.get(endpoint, {"reason": "slipped in", "title": "slipped in", "note": "slipped in"})


@pytest.mark.only_on("sqlite")
def test_a_refused_record_looks_like_none(app, world):
    """The answer about a record that one may not know of is the answer about no record."""
    browser = browser_of(app, "officer.baoan")
    hidden = world.samples["nanshan.open"].lead.public_id
    for path in ("/leads/{}", "/leads/{}/peek", "/leads/{}/edit", "/leads/{}/assess", "/progress/{}", "/stages/{}"):
        answers = []
        for public_id in (hidden, "B" * 22):
            page = browser.get(path.format(public_id), status=(404, 403), htmx="peek" in path)
            answers.append((page.status, page.html.replace(public_id, "").replace(browser.token or "-", "")))
        assert answers[0] == answers[1], path


def _read_all(app, browser, world):
    """Everything a person can read: every page about everything, the list in its tabs, the export, the strip."""
    texts = []
    for path in ("/", "/leads?stage=all&scope=city", "/leads?scope=city", "/leads?stage=signed&scope=city", "/leads?stage=all&scope=city&expected=1&col=expected", "/leads/queue", "/messages/", "/progress/",
                 "/imports/", "/audit/", "/units/", "/account/users", "/leads/board?scope=city", "/leads?stage=all&scope=city&group=unit",
                 "/batches/", "/batches/?batch=signed", "/batches/editions", "/returns/", "/money", "/money/lines", "/milestones/", "/dashboard",
                 "/dashboard/unproven", "/targets/", "/board", "/supervision/?tab=all", "/supervision/new", "/fillings/", "/datasets/",
                 "/meetings/", "/reports/districts"):  # fmt: skip
        texts.append(browser.get(path, status=(200, 403), ceiling=60).html)
    for path in ("/leads/numbers", "/leads/board/column?stage=negotiating&scope=city", "/leads/board/held?scope=city",
                 "/leads/groups?stage=all&scope=city&group=unit"):  # fmt: skip
        texts.append(browser.get(path, status=(200, 403), htmx=True, ceiling=60).html)
    for sample in world.samples.values():
        public_id = sample.lead.public_id
        for path in (
            "/leads/{}",
            "/leads/{}/peek",
            "/leads/{}/edit",
            "/leads/{}/assess",
            "/leads/{}/clusters",
            "/progress/{}",
            "/stages/{}",
            "/status/{}",
            "/milestones/new/{}",
            "/money/new/{}",
            "/expected/{}",
            "/leads/{}/phase",
            "/first-funds/{}",
            "/supervision/new?lead={}",
        ):
            answer = browser.get(path.format(public_id), status=(200, 403, 404, 303), htmx="peek" in path, ceiling=60)
            texts.append(answer.html)
        answer = browser.get(f"/files/{sample.file}", status=(200, 403, 404))
        texts.append(answer.response.headers.get("Content-Disposition", ""))
        for typed in (sample.words["investor"], sample.words["title"]):
            texts.append(
                browser.get("/leads", query_string={"q": typed, "stage": "all", "scope": "city"}, status=(200, 403)).html.replace(
                    typed, ""
                )
            )
            strip = browser.post("/leads/matches", {"investor": typed}, status=(200, 403), htmx=True)
            texts.append(strip.html.replace(typed, ""))
    book = browser.get("/leads/export.xlsx?stage=all&scope=city", status=(200, 403), ceiling=60)
    if book.status == 200:
        import openpyxl

        sheet = openpyxl.load_workbook(BytesIO(book.response.data)).active
        texts += [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]
    texts += [*_filled_in(app, browser, world), *_datasets_of(app, browser)]
    return "\n".join(texts)


def _filled_in(app, browser, world):
    """What a table that asks for everything gets, of the whole city; its page too."""
    page = browser.get("/fillings/", status=(200, 403))
    if page.status == 403:
        return []
    page = page.submit("/fillings/", {"file": (BytesIO(city.table()), "all.xlsx")}).follow()
    done = page.submit("/fill", {"which": "city"}, ceiling=120).follow()
    if "result.xlsx" not in done.html:
        return [done.html]  # nothing to fill in
    import openpyxl

    book = openpyxl.load_workbook(BytesIO(browser.get(f"{done.path}/result.xlsx").response.data))
    return [done.html, *(str(c.value) for sheet in book for row in sheet.iter_rows() for c in row if c.value is not None)]


def _datasets_of(app, browser):
    """What dataset files a person can have made for them, if any."""
    page = browser.post("/datasets/", {"once": "o" * 22}, status=(303, 403))
    if page.status == 403:
        return []
    with app.app_context():
        work_off()
        db.session.remove()
    archive = browser.get(f"{page.location}/datasets.zip").response.data
    with zipfile.ZipFile(BytesIO(archive)) as files:
        return [files.read(name).decode("utf-8", "replace") for name in files.namelist()]


@pytest.mark.parametrize("username", mostly_full(USERNAMES, "manager.baoan", "auditor"))
@pytest.mark.only_on("sqlite")
def test_words_are_read_by_those_who_may(app, world, username):
    """Each field of each lead holds a word that stands nowhere else: it is on some page if and only if the table says so."""
    text = _read_all(app, browser_of(app, username), world)
    with app.app_context():
        who = actor(username)
    wrong = []
    for name, sample in world.samples.items():
        for kind, (record, action) in city.CANARIES.items():
            may = policy.can(city.standing(sample, who), record, action)
            seen = sample.words[kind] in text
            if seen and not may:
                wrong.append(f"{kind} of {name} leaks")
            if may and not seen:
                wrong.append(f"{kind} of {name} is nowhere to be read")
        for kind in ("contact", "phone", "email"):  # shown one by one, with a reason, on request
            if sample.words[kind] in text or sample.words["phone"][3:] in text:
                wrong.append(f"{kind} of {name} stands unmasked")
    assert not wrong, "\n".join(wrong)


def test_counts_do_not_tell_of_hidden_leads(app, world):
    """A stranger's list by unit scope counts their own unit only."""
    from crm.leads.models import Lead

    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Lead)) == 4
    page = browser_of(app, "officer.baoan").get("/leads?stage=all")
    assert world.samples["nanshan.open"].words["investor"] not in page.html
