"""Give interactions that have ended an outcome, and legs the since of their state."""

from django.db import migrations
from django.db.models import F
from django.db.models.functions import Coalesce


def fill(apps, _schema_editor):
    interactions = apps.get_model("routing", "Interaction").objects.filter(ended_at__isnull=False)
    interactions.filter(abandoned=True).update(outcome="abandoned")
    interactions.filter(outcome="", answered_at__isnull=False).update(outcome="handled")
    interactions.filter(outcome="").update(outcome="unanswered")
    apps.get_model("routing", "Leg").objects.update(
        since=Coalesce(F("ended_at"), F("answered_at"), F("started_at"))
    )


class Migration(migrations.Migration):
    dependencies = [("routing", "0002_routing_decides")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
