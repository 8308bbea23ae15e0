"""Imported once by the server that races are forked off: the product is loaded, its tables are mapped, nothing is connected."""

import gc
import os
import tempfile

import pytest  # noqa: F401 - test modules import it
import sqlalchemy.orm

# As in conftest, which these processes do not load.
os.environ.setdefault("SECRET_KEY", "of the tests only")

from config import TestConfig
from crm.app import create_app

app = create_app(
    type(
        "StartConfig",
        (TestConfig,),
        {"SQLALCHEMY_DATABASE_URI": f"sqlite:///{tempfile.gettempdir()}/one-board-never-opened.sqlite"},
    )
)
sqlalchemy.orm.configure_mappers()

from crm.matching.rules import forms_of  # noqa: E402
from tests import builders, pages  # noqa: E402, F401

# Tables of names are read before the gun, as in a process that has served for a while.
for name in ("深圳市朝凪传感器有限公司", "朝凪センサ株式会社", "새론센서 주식회사", "Veldhaven Sensors GmbH"):
    forms_of(name)

gc.freeze()  # as in wsgi.py: nobody looks through it again, so the processes go on sharing it
