"""What a server loads once and then shares among its processes (`gunicorn --preload`) must hold nothing that they may not share."""

import json
import os
import subprocess
import sys

from tests.live import ROOT

_LOOK = """
import json, threading, wsgi
from crm.core.db import db
with wsgi.app.app_context():
    pool = db.engine.pool
    print(json.dumps([db.engine.dialect.name, pool.checkedin(), pool.checkedout(), threading.active_count()]))
"""


def test_loading_the_program_opens_no_connection_and_starts_no_thread(app, database_kind, tmp_path):
    env = os.environ | {"DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"], "INSTANCE_PATH": str(tmp_path)}
    said = subprocess.run([sys.executable, "-c", _LOOK], cwd=ROOT, env=env, capture_output=True, text=True, check=True).stdout
    assert json.loads(said) == [{"sqlite": "sqlite", "postgres": "postgresql"}[database_kind], 0, 0, 1]
