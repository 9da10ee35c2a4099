"""The built-in statuses and the floor's own row."""

from django.db import migrations

from presence.catalogue import CATALOGUE


def make(apps, schema_editor):
    status = apps.get_model("presence", "Status")
    for position, row in enumerate(CATALOGUE, start=1):
        status.objects.create(
            code=row.code,
            label=row.label,
            colour=row.colour,
            icon=row.icon,
            workforce=row.workforce,
            accepts_inbound=row.inbound,
            allows_outbound=row.outbound,
            selectable=not row.system,
            system=row.system,
            built_in=True,
            reason_policy=row.reasons,
            order=position * 10,
        )
    apps.get_model("presence", "Floor").objects.create(pk=1)


def unmake(apps, schema_editor):
    apps.get_model("presence", "Status").objects.filter(built_in=True).delete()
    apps.get_model("presence", "Floor").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("presence", "0001_initial")]
    operations = [migrations.RunPython(make, unmake)]
