"""The app object that a server runs: `gunicorn wsgi:app`, `flask --app wsgi …`."""

import gc

from config import Config
from crm.app import create_app

app = create_app(Config)
gc.freeze()  # half a million objects that stay: no request need look through them for rubbish
