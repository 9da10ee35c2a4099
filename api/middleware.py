"""Under /api/ everything that is no success is a problem document, whoever refused it."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from inspect import iscoroutinefunction

from django.http import HttpRequest, HttpResponse
from django.utils.decorators import sync_and_async_middleware

from api.problems import MEDIA_TYPE, Problem

_SAYS = {
    400: ("malformed", "The server cannot read that request."),
    404: ("not_found", "There is nothing at this address. See /api/v1/docs."),
    405: ("method_not_allowed", "This address takes other methods; see the header Allow."),
}
_FAILED = ("failed", "Rollcall failed. It is in the server's log; try again later.")

Answers = Callable[[HttpRequest], HttpResponse]
AnswersLater = Callable[[HttpRequest], Awaitable[HttpResponse]]


@sync_and_async_middleware
def problems(answer: Answers | AnswersLater) -> Answers | AnswersLater:
    if iscoroutinefunction(answer):

        async def later(request: HttpRequest) -> HttpResponse:
            return _as_problem(request, await answer(request))

        return later

    def now(request: HttpRequest) -> HttpResponse:
        return _as_problem(request, answer(request))  # type: ignore[arg-type]

    return now


def _as_problem(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if not request.path_info.startswith("/api/") or response.status_code < HTTPStatus.BAD_REQUEST:
        return response
    if response.headers.get("Content-Type") == MEDIA_TYPE:
        return response
    code, sentence = _SAYS.get(response.status_code, _FAILED)
    problem = Problem(response.status_code, code, sentence).response()
    if "Allow" in response.headers:
        problem["Allow"] = response.headers["Allow"]
    return problem
