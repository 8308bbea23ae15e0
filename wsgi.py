"""The app object that a server runs: `gunicorn wsgi:app`, `flask --app wsgi …`."""

from config import Config
from crm.app import create_app

app = create_app(Config)
