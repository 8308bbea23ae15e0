"""Refusals: what the product says no to, in codes and facts. Doors choose words and status."""


class Refusal(Exception):
    """An expected refusal. `code` names the rule, `facts` what it was about; `status` is what a web door answers."""

    code = "refused"
    status = 422

    def __init__(self, code: str | None = None, **facts: object) -> None:
        self.code = code or type(self).code
        self.facts = facts
        super().__init__(self.code, facts)

    def __str__(self) -> str:
        return f"{self.code} {self.facts}" if self.facts else self.code


class NotFound(Refusal):
    """There is no such record, or the actor may not know of it: the answer is the same."""

    code = "not_found"
    status = 404


class Forbidden(Refusal):
    """The record may be seen, the act may not be done."""

    code = "forbidden"
    status = 403


class StaleVersion(Refusal):
    """Somebody saved since the form was opened. `facts`: record, opened (version), saved (version)."""

    code = "stale_version"
    status = 409


class Moved(Refusal):
    """The record was merged into another. `facts`: to (the public id of the one that stays), name (how a page calls it)."""

    code = "moved"
    status = 409


class AlreadyDone(Refusal):
    """The act was done before, by this or another person."""

    code = "already_done"
    status = 409


class Throttled(Refusal):
    """Too many tries; `facts["seconds"]` says when to come back."""

    code = "throttled"
    status = 429


class TemplateUnfit(Refusal):
    """An office's own template cannot be filled. `facts`: what (the field that is unknown, or the error)."""

    code = "template_unfit"
