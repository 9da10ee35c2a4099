"""Making rules, and having the watcher look at a moment of the test's."""

from typing import Any

from alerts.kinds import Kind
from alerts.models import Alert, Rule
from alerts.watch import look
from tests.factories import at


def make_rule(kind: Kind, name: str = "", **settings: Any) -> Rule:
    return Rule.objects.create(name=name or f"{kind} {Rule.objects.count()}", kind=kind, **settings)


def only(kind: Kind, **settings: Any) -> Rule:
    """The one rule there is."""
    Rule.objects.update(active=False)
    return make_rule(kind, **settings)


def seen(seconds: float) -> list[tuple[str, str]]:
    """What is open after a look then: name and severity."""
    look(at(seconds))
    alerts = Alert.objects.open().order_by("subject")
    return [(alert.name, alert.severity) for alert in alerts]


def alert() -> Alert:
    return Alert.objects.get()
