"""Whoever could supervise could set modes; the right to act is now a right of its own for each act."""

from django.db import migrations

ACTS = {
    "set_mode": "Can set agents' modes",
    "cancel_pending": "Can cancel agents' pending modes",
    "end_wrap_up": "Can end agents' wrap-up",
    "reset_call": "Can have a phantom call checked and ended",
    "log_out_agent": "Can log agents out",
}


def grant(apps, schema_editor):
    permissions = apps.get_model("auth", "Permission")
    supervise = permissions.objects.filter(
        codename="supervise", content_type__app_label="presence"
    ).first()
    if supervise is None:
        return  # a new database: nobody holds it yet
    users, groups = supervise.user_set.all(), supervise.group_set.all()
    for codename, name in ACTS.items():
        act, _ = permissions.objects.get_or_create(
            content_type=supervise.content_type, codename=codename, defaults={"name": name}
        )
        act.user_set.add(*users)
        act.group_set.add(*groups)


class Migration(migrations.Migration):
    dependencies = [
        ("presence", "0007_supervising"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
