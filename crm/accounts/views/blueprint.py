"""The blueprint that the room's views share."""

from flask import Blueprint

bp = Blueprint("accounts", __name__, url_prefix="/account")
