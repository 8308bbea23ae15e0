"""The desk: a test that works inside the app."""

import pytest


@pytest.fixture
def desk(app):
    with app.app_context():
        yield app
