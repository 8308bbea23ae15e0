"""The room's blueprint."""

from flask import Blueprint

bp = Blueprint("transfers", __name__)
