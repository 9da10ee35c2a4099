"""What the API answers when it does not do what was asked: problem documents (RFC 9457)."""

import json
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.utils import translation

from presence.actions import Outcome
from presence.choices import ChoiceError
from presence.decision import Refused
from presence.derive import Refusal
from presence.words import WHY_NOT
from routing.calls import CallError

MEDIA_TYPE = "application/problem+json"

CODES: dict[str, str] = {
    "malformed": "The body is not JSON, or the request is not HTTP as it should be.",
    "not_authenticated": "No key, a wrong one, or one that was revoked or has expired.",
    "too_many_keys": "Too many wrong keys came from this address; `Retry-After` says how long.",
    "scope_missing": "The key lacks the scope that this needs.",
    "other_source": "The interaction belongs to another telephony system than the key's.",
    "not_found": "There is nothing at this address.",
    "method_not_allowed": "The address takes other methods; `Allow` names them.",
    "too_large": "The body is larger than the server takes.",
    "unsupported_media_type": "The body is something else than `application/json`.",
    "invalid": "Something in the request is not as documented; `errors` names each field.",
    "invalid_cursor": "The cursor is not one that the API gave.",
    "idempotency_key_invalid": "`Idempotency-Key` is not 1 to 255 printable characters.",
    "idempotency_key_reused": "The same `Idempotency-Key` came with another request before.",
    "unknown_agent": "The request names an agent who does not exist.",
    "unknown_queue": "The request names a queue that does not exist.",
    "unknown_number": "The request names a direct number that does not exist.",
    "unknown_interaction": "The request names an interaction that does not exist.",
    "not_selectable": "The agent may not choose that status.",
    "reason_needed": "The status asks for a reason.",
    "unknown_reason": "The status has no such reason.",
    "no_wrap_up": "The agent is not in wrap-up.",
    "not_member": "The agent does not serve the queue.",
    "already_known": "There is an interaction of that `external_id` already.",
    "already_handled": "Somebody has answered the interaction.",
    "already_waiting": "The caller waits in a queue already.",
    "interaction_ended": "The interaction is over; ended is final.",
    "queue_inactive": "The queue is deactivated.",
    "number_inactive": "The direct number is deactivated.",
    "nobody_available": "Nobody may have the call now. The caller waits; `interaction` names it.",
    "leg_ended": "The agent's part in the interaction is over.",
    "not_possible": "What happened cannot happen to a call that is where this one is.",
    "caller_left": "The caller has left the call, so nobody can be transferred.",
    "out_of_date": "Something newer is known already.",
    "failed": "Rollcall failed. It is in the server's log; try again later.",
}
with translation.override("en"):
    CODES |= {cause.value: f"The agent may not be rung: {why}." for cause, why in WHY_NOT.items()}
"""Every `code` that an answer can bear, and what it says."""


class Problem(Exception):
    """An answer that is no success: `code` is for machines and one of `CODES`, `detail` a sentence
    for people; `members` are further members of the document."""

    def __init__(self, status: int, code: str, detail: str, **members: Any) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.members = members

    @property
    def body(self) -> str:
        return json.dumps(
            {
                "type": "about:blank",
                "title": HTTPStatus(self.status).phrase,
                "status": self.status,
                "detail": str(self),
                "code": self.code,
                **self.members,
            }
        )

    def response(self) -> HttpResponse:
        response = HttpResponse(self.body, status=self.status, content_type=MEDIA_TYPE)
        if self.status == HTTPStatus.UNAUTHORIZED:
            response["WWW-Authenticate"] = 'Bearer realm="rollcall"'
        if "retry_after" in self.members:
            response["Retry-After"] = str(self.members["retry_after"])
        return response


REFUSALS = (Problem, CallError, ChoiceError)
"""What a write raises that is refused."""


def of(error: Exception) -> Problem:
    """The problem that one of `REFUSALS` is answered with."""
    if isinstance(error, CallError | ChoiceError):
        return _refusal(error.code, str(error))
    if isinstance(error, Problem):
        return error
    raise TypeError(f"{error!r} is no refusal.")


def check(outcome: Outcome) -> None:
    """Raises `Problem` where the event was refused."""
    refused: Refused | None = outcome.decision.refused
    if refused:
        raise _refusal(refused.code, refused.sentence)


def not_found(what: str, name: object) -> Problem:
    return Problem(404, "not_found", f"There is no {what} {name}.")


def unknown(what: str, name: object, field: str) -> Problem:
    """The request is well formed, and names something that there is not."""
    sentence = f"There is no {what.replace('_', ' ')} {name}."
    errors = [{"field": field, "message": sentence}]
    return Problem(422, f"unknown_{what}", sentence, errors=errors)


def causes(refusals: Sequence[Refusal]) -> list[dict[str, str]]:
    """Causes in the words that screens use, too."""
    return [{"code": refusal.value, "label": str(WHY_NOT[refusal])} for refusal in refusals]


def _refusal(code: str, sentence: str) -> Problem:
    if code in set(Refusal):
        return Problem(409, code, sentence, causes=causes([Refusal(code)]))
    return Problem(409, code, sentence)
