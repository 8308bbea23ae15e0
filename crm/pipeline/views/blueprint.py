"""The room's blueprint."""

from flask import Blueprint

bp = Blueprint("pipeline", __name__)
