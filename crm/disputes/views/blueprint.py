"""The room's blueprint."""

from flask import Blueprint

bp = Blueprint("disputes", __name__)
