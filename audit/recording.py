"""Writing an entry: in the transaction of what it tells of."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.models import Permission
from django.db import models
from django.utils import translation

from audit import origin
from audit.models import Entry
from audit.watched import fields, is_secret
from audit.words import Action

HIDDEN = "•••"
_LONGEST = 200
_NOTHING: tuple[Any, ...] = (None, "", [], {})

Values = Mapping[str, Any]
Changes = Mapping[str, tuple[Any, Any]]


def record(
    action: Action, thing: models.Model | None = None, changes: Changes | None = None
) -> None:
    """Write down that `thing` was acted on, unless nobody acts."""
    if doer := origin.doer():
        entry_of(doer, action, thing, changes).save(force_insert=True)


def entry_of(
    doer: origin.Doer,
    action: Action,
    thing: models.Model | None = None,
    changes: Changes | None = None,
) -> Entry:
    return Entry(
        user_id=doer.user_id,
        who=doer.who,
        way=doer.way,
        through=doer.through,
        address=doer.address,
        action=action,
        kind=thing._meta.label_lower if thing else "",
        object_pk=str(thing.pk) if thing else "",
        name=name_of(thing) if thing else "",
        changes={name: list(pair) for name, pair in (changes or {}).items()},
    )


def name_of(thing: models.Model) -> str:
    """What it is called, in English, whoever acts; a right as programs name it."""
    if isinstance(thing, Permission):
        return f"{thing.content_type.app_label}.{thing.codename}"
    with translation.override(None):
        return str(thing)[:_LONGEST]


def values_of(thing: models.Model | None) -> Values:
    """What each field holds, secrets too: it is for `differences`, and for nobody to keep."""
    return {field.name: _plain(field, thing) for field in fields(type(thing))} if thing else {}


def differences(model: type[models.Model], before: Values, after: Values) -> Changes:
    """What each field was and became, of those that changed. Of secrets only that they did."""
    secret = {field.name for field in fields(model) if is_secret(field)}

    def told(name: str, value: Any) -> Any:
        return HIDDEN if value and name in secret else value

    pairs = changed(before, after).items()
    return {name: (told(name, was), told(name, now)) for name, (was, now) in pairs}


def changed(before: Values, after: Values) -> Changes:
    pairs = {name: (before.get(name), after.get(name)) for name in {**before, **after}}
    return {
        name: (was, now)
        for name, (was, now) in pairs.items()
        if was != now and not (was in _NOTHING and now in _NOTHING)
    }


def _plain(field: "models.Field[Any, Any]", thing: models.Model) -> Any:
    """As JSON holds it; another row by its name and its key."""
    try:
        value = getattr(thing, field.attname)
    except ValueError:  # sealed by another key
        return HIDDEN
    if isinstance(field, models.ForeignKey) and value is not None:
        other = field.related_model._base_manager.filter(pk=value).first()
        return f"{name_of(other)} ({value})" if other else str(value)
    if value is None or isinstance(value, bool | int | float | list | dict):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return str(value)
