"""The room's blueprint."""

from flask import Blueprint

bp = Blueprint("assessment", __name__, url_prefix="/assessment")
