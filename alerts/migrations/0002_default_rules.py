"""A new installation is watched at once; who may supervise may acknowledge."""

from django.db import migrations

RULES = [
    dict(name="Too long in a status", kind="long_status", critical_sound="once"),
    dict(
        name="Nobody ready while callers wait",
        kind="gap",
        only_when_waiting=True,
        warning_seconds=15,
        critical_seconds=60,
        critical_sound="once",
    ),
    dict(
        name="Caller waits longer than the service level",
        kind="long_wait",
        critical_seconds=180,
        critical_sound="once",
    ),
    dict(
        name="Telephony not connected",
        kind="link_lost",
        warning_seconds=10,
        critical_seconds=60,
        critical_sound="once",
    ),
    dict(name="On a call without a connection", kind="connection_lost", warning_seconds=0),
]


def make(apps, schema_editor):
    rule = apps.get_model("alerts", "Rule")
    for values in RULES:
        rule.objects.create(**values)


def grant(apps, schema_editor):
    permissions = apps.get_model("auth", "Permission")
    supervise = permissions.objects.filter(
        codename="supervise", content_type__app_label="presence"
    ).first()
    if supervise is None:
        return  # a new database: nobody holds it yet
    kind, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="alerts", model="alert"
    )
    acknowledge, _ = permissions.objects.get_or_create(
        content_type=kind,
        codename="acknowledge_alert",
        defaults={"name": "Can acknowledge alerts"},
    )
    acknowledge.user_set.add(*supervise.user_set.all())
    acknowledge.group_set.add(*supervise.group_set.all())


class Migration(migrations.Migration):
    dependencies = [
        ("alerts", "0001_rules_and_alerts"),
        ("presence", "0008_rights_to_act"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [
        migrations.RunPython(make, migrations.RunPython.noop),
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
