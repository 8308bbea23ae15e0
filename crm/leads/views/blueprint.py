"""The room's blueprint, on which each file of doors puts its own."""

from flask import Blueprint

bp = Blueprint("leads", __name__, url_prefix="/leads")
