"""The app object that a server runs: `gunicorn wsgi:app`, `flask --app wsgi …`.

Half a million objects are made once and stay: while they are made nobody looks for rubbish among them (a third of the start),
and no request does later.
"""

import gc

gc.disable()

from config import Config  # noqa: E402
from crm.app import create_app  # noqa: E402

app = create_app(Config)
gc.enable()
gc.freeze()
