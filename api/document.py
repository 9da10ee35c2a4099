"""The OpenAPI document, with what every operation has in common: problems, scopes, and the key that
makes a write count once."""

from http import HTTPStatus
from typing import Any

from ninja import Schema
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from api.auth import Bearer
from api.problems import CODES, MEDIA_TYPE

_IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
    "description": "The same key with the same request is done once and answered alike, for a day.",
}
_REPLAYED = {
    "Idempotency-Replayed": {
        "schema": {"type": "string", "enum": ["true"]},
        "description": "There when this was done before, under the same Idempotency-Key.",
    }
}
_LOCATION = {
    "Location": {"schema": {"type": "string"}, "description": "The address of what was made."}
}


class FieldError(Schema):
    """What is wrong with one field, and what to do."""

    field: str
    message: str


class Cause(Schema):
    """One cause of a refusal, as screens word it."""

    code: str
    label: str


class Problem(Schema):
    """A problem document (RFC 9457): `code` is for programs, `detail` for people."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldError] = []
    causes: list[Cause] = []


class Document(OpenAPISchema):
    """ninja's document, completed."""

    def operation_parameters(self, operation: Operation) -> list[dict[str, Any]]:
        own = super().operation_parameters(operation)
        return [*own, _IDEMPOTENCY_KEY] if _writes(operation) else own

    def responses(self, operation: Operation) -> dict[int, dict[str, Any]]:
        found = super().responses(operation)
        for status, response in found.items():
            if _writes(operation):
                created = _LOCATION if status == HTTPStatus.CREATED else {}
                response["headers"] = _REPLAYED | created
        for status in _problems(operation):
            found[status] = self._problem(status)
        return found

    def operation_security(self, operation: Operation) -> list[dict[str, list[str]]] | None:
        """Which scope is needed: one entry for each that will do."""
        super().operation_security(operation)
        bearers = [auth for auth in operation.auth_callbacks if isinstance(auth, Bearer)]
        return [{"Bearer": [scope]} for bearer in bearers for scope in bearer.scopes]

    def _problem(self, status: int) -> dict[str, Any]:
        schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        self.add_schema_definitions(schema.pop("$defs"))
        schema["properties"]["code"]["enum"] = sorted(CODES)
        self.add_schema_definitions({"Problem": schema})
        return {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }


def _problems(operation: Operation) -> list[int]:
    """The statuses that it may be refused with."""
    sources = {model.__ninja_param_source__ for model in operation.models}
    named = "path" in sources
    writes, body = _writes(operation), "body" in sources
    invalid = writes or "query" in sources
    return (
        [400, 401, 403]
        + [404] * named
        + [409, 413] * writes
        + [415] * body
        + [422] * invalid
        + [429]
    )


def _writes(operation: Operation) -> bool:
    return operation.methods != ["GET"]
