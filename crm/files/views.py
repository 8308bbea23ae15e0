"""Handing out a file, to those who may see what it hangs on; every hand-out is noted."""

from collections.abc import Callable

from flask import Blueprint, current_app, request, send_file
from flask.typing import ResponseReturnValue

from crm.core import clock
from crm.core.db import unit_of_work
from crm.core.errors import NotFound
from crm.files import queries, services
from crm.files.models import StoredFile
from crm.files.rules import CONTENT_TYPES
from crm.web.guards import allowed, current_actor

bp = Blueprint("files", __name__, url_prefix="/files")
_SHOWN = frozenset({"png", "jpg", "webp"})


@bp.get("/<string:public_id>")
@allowed("file", "read")
def download(public_id: str) -> ResponseReturnValue:
    """The file as a download, under its own name."""
    return hand_out(lambda: queries.visible_file(public_id, actor=current_actor()))


def hand_out(find: Callable[[], StoredFile]) -> ResponseReturnValue:
    """The file that `find` says this person may have (it raises NotFound otherwise), noted as handed out; images may be shown
    (`?view=1`). The one way by which stored files leave the house, whatever they hang on.
    """
    with unit_of_work():
        file = find()
        services.note_access(file, actor=current_actor(), now=clock.now())
        name, kind, sha256 = file.name, file.kind, file.sha256
    path = queries.path_of(current_app.config["FILES_PATH"], sha256)
    if not path.exists():
        raise NotFound
    shown = kind in _SHOWN and request.args.get("view") == "1"
    response = send_file(path, mimetype=CONTENT_TYPES[kind], as_attachment=not shown, download_name=name, max_age=0)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    response.headers["Cache-Control"] = "no-store"
    return response
