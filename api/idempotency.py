"""Doing a write once, however often it is asked for, and answering it alike each time.

What was asked is claimed and done in one transaction, so that there are both or neither. What it
is answered is read after that, when calls have been distributed, which must not hold a writer's
locks; the first answer to be kept is everybody's.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Schema
from ninja.responses import NinjaJSONEncoder

from api.auth import key_of
from api.models import KeptAnswer, TakenEvent
from api.problems import MEDIA_TYPE, REFUSALS, Problem, of
from presence.writing import write

KEPT = timedelta(days=1)
_PURGE_EVERY = 3600  # seconds, in each process
_LONGEST = 255


@dataclass(frozen=True)
class Answer:
    """What a write is answered: JSON, and for something new its address."""

    status: int
    body: str
    location: str = ""

    @classmethod
    def of(cls, shown: Schema, status: int = 200, location: str = "") -> "Answer":
        return cls(status, json.dumps(shown.model_dump(), cls=NinjaJSONEncoder), location)

    @classmethod
    def of_problem(cls, problem: Problem) -> "Answer":
        return cls(problem.status, problem.body)

    def response(self) -> HttpResponse:
        media_type = MEDIA_TYPE if self.status >= 400 else "application/json"
        response = HttpResponse(self.body, status=self.status, content_type=media_type)
        if self.location:
            response["Location"] = self.location
        return response


Do = Callable[[], int]
"""Has the effect and gives the primary key of what it was about. Raises one of `REFUSALS`."""
Show = Callable[[int], Answer]
"""Reads what became of it. Told twice for one effect, it changes nothing the second time."""


def once(request: HttpRequest, do: Do, show: Show) -> HttpResponse:
    """Answer a write; under an `Idempotency-Key`, do it the first time only.

    Raises `Problem` for a key that is none, or that came with another request before.
    """
    name = _name(request)
    response = _unnamed(do, show) if name is None else _named(name, request, do, show)
    if cache.add("api.purged", value=True, timeout=_PURGE_EVERY):
        purge(timezone.now())
    return response


def _unnamed(do: Do, show: Show) -> HttpResponse:
    with write():
        subject = do()
    return show(subject).response()


def _named(name: str, request: HttpRequest, do: Do, show: Show) -> HttpResponse:
    fingerprint = _fingerprint(request)
    with write():
        kept, new = KeptAnswer.objects.get_or_create(
            api_key=key_of(request), idempotency_key=name, defaults={"fingerprint": fingerprint}
        )
        if new:
            _take(kept, do)
    if kept.fingerprint != fingerprint:
        sentence = "That Idempotency-Key came with another request before. Use a new one."
        raise Problem(422, "idempotency_key_reused", sentence)
    response = _answer(kept, show).response()
    if not new:
        response["Idempotency-Replayed"] = "true"
    return response


def purge(now: datetime) -> None:
    """Forget what was answered, and told by name, more than a day before `now`: its keys are free
    again. A write does this on the way, once an hour in each process."""
    with write():
        KeptAnswer.objects.filter(at__lt=now - KEPT).delete()
        TakenEvent.objects.filter(at__lt=now - KEPT).delete()


def _name(request: HttpRequest) -> str | None:
    name = request.headers.get("Idempotency-Key")
    if name is not None and not (
        0 < len(name) <= _LONGEST and name.isascii() and name.isprintable()
    ):
        sentence = f"Idempotency-Key takes 1 to {_LONGEST} printable ASCII characters."
        raise Problem(422, "idempotency_key_invalid", sentence)
    return name


def _fingerprint(request: HttpRequest) -> str:
    asked = f"{request.method} {request.path}\n".encode() + request.body
    return hashlib.sha256(asked).hexdigest()


def _take(kept: KeptAnswer, do: Do) -> None:
    try:
        with transaction.atomic():  # what was refused half-way is undone, and that it was is kept
            kept.subject = do()
            kept.save(update_fields=["subject"])
    except REFUSALS as refusal:
        _keep(kept, Answer.of_problem(of(refusal)))


def _answer(kept: KeptAnswer, show: Show) -> Answer:
    if kept.status is None and kept.subject is not None:
        answer = show(kept.subject)
        with write():
            _keep(kept, answer)
    return Answer(kept.status or 200, kept.body, kept.location)


def _keep(kept: KeptAnswer, answer: Answer) -> None:
    """Keep the answer, unless one at the same time was quicker."""
    unanswered = KeptAnswer.objects.filter(pk=kept.pk, status=None)
    unanswered.update(status=answer.status, body=answer.body, location=answer.location)
    kept.refresh_from_db()
