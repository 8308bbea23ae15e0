"""The address of every page that a role may open, from the table of doors: which doors are no pages, and where an id comes from."""

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from crm.demo.services import PEOPLE
from crm.policy import rules as policy
from tests.house.routes import STORED

ROLES = {username: role for username, _name, role, _unit in PEOPLE if not username.endswith("baoan")}
DOORS = [line.split() for line in STORED.read_text("utf-8").splitlines() if line.split()[0] == "GET" or "GET," in line]
# Files, and words for machines.
NO_PAGES = {
    "batches.paper", "batches.workbook", "returns.paper", "returns.week_workbook", "desk.export", "golive.export", "exchange.result", "exchange.blank", "files.download", "web.health", "web.robots",
    "reports.brief", "reports.sheet", "supervision.download", "reports.brief_pdf", "reports.sheet_pdf", "reports.district_workbook",
    "batches.paper_pdf", "meetings.download",
    "assessment.workbook", "assessment.paper", "fillings.result", "datasets.archive",
    "stationery.shipped", "stationery.sample", "stationery.version", "pipeline.gate_text",
}  # fmt: skip
# Parts of a page: looked at where they stand.
PARTS = {"desk.peek", "desk.numbers", "desk.column", "desk.held", "desk.groups", "desk.owners", "desk.views_menu"}
# What stands in the place of an id, by the kind of record that a door asks about.
FROM = {
    "lead": """SELECT l.public_id FROM lead l JOIN user_account u ON u.id = l.owner_id
               WHERE u.username = 'officer.nanshan' AND l.stage IN ('lead', 'signed') GROUP BY l.stage, l.admitted_at IS NULL""",
    "user": "SELECT public_id FROM user_account WHERE username IN ('leader', 'sysadmin')",
    "unit": "SELECT public_id FROM unit WHERE code = 'SZ-NS'",
    "import": "SELECT public_id FROM import_batch",
    "job": "SELECT public_id FROM job WHERE asked_by_id IS NOT NULL LIMIT 1",
}
FROM["task_force"] = "SELECT public_id FROM unit WHERE kind = 'task_force'"
FROM["board"] = FROM["unit"]
FROM["company"] = "SELECT public_id FROM company WHERE merged_into_id IS NULL AND parent_id IS NOT NULL LIMIT 1"
FROM["contact"] = FROM["lead"]  # a contact is added under its lead
FROM["review"] = """SELECT public_id FROM (SELECT public_id FROM review_pair WHERE state = 'open' ORDER BY score DESC LIMIT 2)
                    UNION SELECT public_id FROM review_pair WHERE state = 'decided'"""
FROM["reference"] = "SELECT 'bosch' UNION SELECT 'siemens'"  # brands are named by their own ids
FROM["edition"] = "SELECT public_id FROM edition"
FROM["merge"] = "SELECT public_id FROM merge_act"
FROM["merge_request"] = "SELECT public_id FROM merge_request"
# What Nanshan may share and seal, and what it may offer to support.
FROM["share"] = (
    FROM["lead"]
    + """ UNION SELECT * FROM (SELECT l.public_id FROM lead l JOIN user_account u ON u.id = l.owner_id
               WHERE u.username = 'officer.baoan' AND l.stage = 'negotiating' LIMIT 1)"""
)
FROM["seal"] = FROM["lead"]
FROM["reading"] = FROM["lead"]
FROM["credit"] = FROM["lead"]
FROM["transfer"] = FROM["lead"] + " UNION SELECT public_id FROM transfer"
FROM["pool"] = FROM["lead"] + " UNION SELECT public_id FROM open_offer"
FROM["dispute"] = FROM["lead"] + " UNION SELECT public_id FROM dispute UNION SELECT public_id FROM second_report"
FROM["milestone"] = (
    FROM["lead"] + " UNION SELECT * FROM (SELECT public_id FROM milestone WHERE state IN ('reviewed', 'returned') LIMIT 4)"
)
FROM["expected"] = FROM["lead"]
FROM["event"] = "SELECT public_id FROM event"
FROM["lead_event"] = FROM["lead"]
FROM["phase"] = FROM["lead"] + " UNION SELECT * FROM (SELECT public_id FROM lead_phase LIMIT 2)"
FROM["matter"] = FROM["lead"] + " UNION SELECT public_id FROM matter"
FROM["instruction"] = FROM["lead"] + " UNION SELECT public_id FROM instruction"
FROM["delegation"] = "SELECT public_id FROM delegation"
FROM["sponsor"] = FROM["lead"] + " UNION SELECT public_id FROM lead_sponsor"
FROM["brief"] = FROM["lead"]
FROM["leader_page"] = "SELECT public_id FROM user_account WHERE username = 'leader'"
FROM["receipt"] = FROM["lead"] + " UNION SELECT public_id FROM receipt"
FROM["utilised"] = "SELECT public_id FROM utilised_import"
FROM["target"] = (
    "SELECT public_id FROM target WHERE indicator = 'FT-01' UNION SELECT * FROM (SELECT public_id FROM target_figure LIMIT 1)"
)
FROM["weekly_return"] = "SELECT public_id FROM weekly_return UNION SELECT DISTINCT week_on FROM weekly_return"
FROM[
    "score"
] = """SELECT public_id FROM score_scheme UNION SELECT public_id FROM score_run UNION SELECT public_id FROM score_objection
                   UNION SELECT * FROM (SELECT public_id FROM score_line WHERE rule IN ('utilised', 'visits') ORDER BY id LIMIT 4)"""
FROM["bulk"] = "SELECT public_id FROM bulk_run"
FROM["filling"] = "SELECT public_id FROM filling"
FROM["filling_template"] = "SELECT public_id FROM filling_template"
FROM["dataset"] = "SELECT public_id FROM dataset_run"
FROM["meeting_pack"] = "SELECT public_id FROM meeting_pack"
FROM["gate_table"] = "SELECT 'shipped'"  # the product's own goes by its word
FROM["paper_template"] = "SELECT 'leader' UNION SELECT 'edition'"  # papers are named by their codes
FROM["view"] = "SELECT public_id FROM saved_view"


def addresses(folder: Path, role: str) -> Iterator[tuple[str, str]]:
    """Endpoint and address of every page that a role may open at all."""
    with sqlite3.connect(folder / "board.sqlite") as base:
        for _methods, path, endpoint, asks in DOORS:
            record, _, action = asks.partition(".")
            if asks == "open" or endpoint in NO_PAGES | PARTS or not policy.possible(role, record, action):
                continue
            ids = [row[0] for row in base.execute(FROM[record])] if "<" in path else [""]
            yield from ((endpoint, re.sub("<.*>", id_, path)) for id_ in ids)
