"""The doors of merging under one address."""

from flask import Blueprint

bp = Blueprint("merging", __name__, url_prefix="/merges")
