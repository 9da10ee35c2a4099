"""HTTP API, version 1: which operations there are, and how what goes wrong is answered."""

import json
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.openapi.docs import Swagger
from ninja.operation import Operation
from ninja.parser import Parser

from api.document import Document
from api.operations import agents, events, interactions, modes, queues, reservations
from api.problems import Problem, of
from presence.choices import ChoiceError
from routing.calls import CallError


class JsonParser(Parser):
    """Takes JSON that says so."""

    def parse_body(self, request: HttpRequest) -> Any:
        if request.content_type != "application/json":
            sentence = "Send JSON, with the header Content-Type: application/json."
            raise Problem(415, "unsupported_media_type", sentence)
        return json.loads(request.body)


class Api(NinjaAPI):
    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> Document:
        return Document(self, path_prefix or self.get_root_path(path_params or {}))

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """What generated clients call it."""
        return operation.view_func.__name__


api = Api(
    title="Rollcall",
    version="1",
    description="Agents and their state, queues and their figures, calls and what happens to them.",
    urls_namespace="api-v1",
    parser=JsonParser(),
    docs=Swagger({"validatorUrl": None}),  # else browsers ask a server of others about the document
)
for part in (agents, modes, queues, interactions, events, reservations):
    api.add_router("", part.router)


@api.exception_handler(Problem)
@api.exception_handler(CallError)
@api.exception_handler(ChoiceError)
def _refused(_request: HttpRequest, error: Exception) -> HttpResponse:
    return of(error).response()


@api.exception_handler(HttpError)
def _http_error(_request: HttpRequest, error: HttpError) -> HttpResponse:
    """What ninja itself refuses: a request without a key, and a body that is not JSON."""
    if isinstance(error.__cause__, Problem):
        return error.__cause__.response()
    if error.status_code == 401:
        sentence = "Send a key in the header Authorization: Bearer <key>. An admin makes them."
        return Problem(401, "not_authenticated", sentence).response()
    return Problem(
        400, "malformed", "The body is not JSON. Check it with a JSON parser."
    ).response()


@api.exception_handler(RequestDataTooBig)
def _too_large(_request: HttpRequest, _error: Exception) -> HttpResponse:
    return Problem(413, "too_large", "The body is larger than the server takes.").response()


@api.exception_handler(ValidationError)
def _invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = [
        {
            "field": ".".join(map(str, _field(one["loc"]))),
            "message": one["msg"].removeprefix("Value error, "),
        }
        for one in error.errors
    ]
    sentence = "Something in the request is not as documented; see errors."
    return Problem(422, "invalid", sentence, errors=errors).response()


def _field(location: tuple[Any, ...]) -> list[Any]:
    """Where in the request: ninja names its own argument second, and pydantic the type it tried."""
    where = [location[0], *location[2:]] if location[0] == "body" else list(location)
    return [part for part in where if isinstance(part, int) or part.isidentifier()]
