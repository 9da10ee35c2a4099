"""Django tells of each change to a watched model; here it is written down.

`QuerySet.update` and `bulk_create` tell nobody: what is watched is saved row by row.
"""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models, transaction
from django.db.models import signals

from audit import origin
from audit.recording import Values, differences, name_of, record, values_of
from audit.watched import fields, is_secret, models_watched
from audit.words import Action

_BEFORE = "_audit_before"


def watch() -> None:
    """Have every change to what is watched written down, and each in its own transaction: Django
    saves a single row without one. Migrations have models of their own, which are not watched."""
    for model in models_watched():
        model.save = transaction.atomic(savepoint=False)(model.save)  # type: ignore[method-assign]
        for signal, told in (
            (signals.pre_save, _remember),
            (signals.post_save, _saved),
            (signals.pre_delete, _deleted),
        ):
            signal.connect(told, sender=model, dispatch_uid=f"audit.{model._meta.label}")
        for field in model._meta.many_to_many:
            through = getattr(model, field.name).through
            signals.m2m_changed.connect(_linked, sender=through, dispatch_uid=f"audit.{field}")


def _kept(thing: models.Model) -> models.Model | None:
    if thing.pk is None:
        return None
    model = type(thing)
    # In no order of the model's own: it may join what may be missing, which cannot be locked.
    rows = model._base_manager.select_for_update().filter(pk=thing.pk).order_by("pk")
    try:
        return rows.first()
    except ValueError:  # a secret that no key opens, and that is entered anew
        return rows.defer(*(field.name for field in fields(model) if is_secret(field))).first()


def _remember(*, instance: models.Model, **_given: Any) -> None:
    if origin.doer():
        setattr(instance, _BEFORE, values_of(_kept(instance)))


def _saved(
    *,
    sender: type[models.Model],
    instance: models.Model,
    created: bool,
    update_fields: frozenset[str] | None = None,
    **_given: Any,
) -> None:
    before: Values | None = instance.__dict__.pop(_BEFORE, None)
    if before is None:
        return
    changes = dict(differences(sender, before, values_of(_kept(instance))))
    if update_fields == frozenset({"password"}) and _hashed_anew(instance):
        changes.pop("password", None)
    if created or changes:
        record(Action.CREATED if created else Action.CHANGED, instance, changes)


def _hashed_anew(instance: models.Model) -> bool:
    """Whether the same password got a better hash, as its user signed in with it."""
    return isinstance(instance, AbstractBaseUser) and instance._password is None  # type: ignore[attr-defined]


def _deleted(*, sender: type[models.Model], instance: models.Model, **_given: Any) -> None:
    if not origin.doer():
        return
    links: dict[str, tuple[list[str], list[str]]] = {
        field.name: (_names(getattr(instance, field.name).all()), [])
        for field in sender._meta.many_to_many
        if getattr(instance, field.name).through._meta.auto_created
    }
    was = differences(sender, values_of(_kept(instance)), {})
    record(Action.DELETED, instance, {**was, **{n: pair for n, pair in links.items() if pair[0]}})
    for field in _lists(sender):
        for owner in field.model._base_manager.filter(**{field.name: instance.pk}):
            record(Action.CHANGED, owner, {field.name: (_names([instance]), [])})


def _lists(model: type[models.Model]) -> list[Any]:
    """The many-to-many fields that such a thing may be in, and goes out of unsaid with its end."""
    watched: list[Any] = [field for owner in models_watched() for field in owner._meta.many_to_many]
    of_such = (field for field in watched if field.related_model is model)
    return [field for field in of_such if field.remote_field.through._meta.auto_created]


def _linked(
    *,
    sender: Any,
    instance: models.Model,
    action: str,
    reverse: bool,
    model: type[models.Model],
    pk_set: set[Any] | None,
    **_given: Any,
) -> None:
    """Something is put into a many-to-many field, or taken out: told of the thing that has the
    field, from whichever side it was done."""
    if action not in ("post_add", "post_remove", "pre_clear") or not origin.doer():
        return
    owner = model if reverse else type(instance)
    field = next(f for f in owner._meta.many_to_many if f.remote_field.through is sender)
    if pk_set is None:
        there = field.remote_field.get_accessor_name() if reverse else field.name
        others = list(getattr(instance, str(there)).all())
    else:
        others = list(model._base_manager.filter(pk__in=pk_set))
    whose = [(other, [instance]) for other in others] if reverse else [(instance, others)]
    for thing, linked in whose:
        if linked:
            names = _names(linked)
            pair = ([], names) if action == "post_add" else (names, [])
            record(Action.CHANGED, thing, {field.name: pair})


def _names(things: Any) -> list[str]:
    return sorted(f"{name_of(thing)} ({thing.pk})" for thing in things)
