"""Groups for the three roles, for admins to put people in. They are made once: what is changed in
them later, or deleted, stays so; and a group that has the name already is left alone."""

from django.contrib.auth.management import create_permissions
from django.db import migrations
from django.db.models import Q

SUPERVISOR = {
    "presence": (
        "supervise",
        "set_mode",
        "cancel_pending",
        "end_wrap_up",
        "reset_call",
        "log_out_agent",
    ),
    "alerts": ("acknowledge_alert",),
    "dashboard": ("view_wallboard", "add_wallboard", "change_wallboard", "delete_wallboard"),
}
OURS = ("presence", "routing", "api", "webhooks", "notifications", "alerts", "dashboard")
ADMIN = Q(content_type__app_label__in=(*OURS, "auth", "axes")) | Q(
    content_type__app_label="audit", codename__startswith="view_"
)


def make(apps, schema_editor):
    _have_permissions(apps)
    groups = apps.get_model("auth", "Group").objects
    permissions = apps.get_model("auth", "Permission").objects
    supervisor = Q()
    for label, names in SUPERVISOR.items():
        supervisor |= Q(content_type__app_label=label, codename__in=names)
    for name, rights in (("Agent", Q(pk=None)), ("Supervisor", supervisor), ("Admin", ADMIN)):
        group, made = groups.get_or_create(name=name)
        if made:
            group.permissions.set(permissions.filter(rights))


def _have_permissions(apps):
    """Django makes them after the last migration; here they are needed now."""
    for config in apps.get_app_configs():
        known = getattr(config, "models_module", None)
        config.models_module = True  # else the stub has no models to ask for
        create_permissions(config, apps=apps, verbosity=0)
        config.models_module = known


class Migration(migrations.Migration):
    dependencies = [
        ("dashboard", "0004_second_factor"),
        ("presence", "0014_wrap_up_word"),
        ("routing", "0017_limits"),
        ("api", "0002_words"),
        ("webhooks", "0003_sealed_secrets"),
        ("notifications", "0003_sealed_secrets"),
        ("alerts", "0003_dead_calls"),
        ("audit", "0002_insert_only"),
        ("axes", "__first__"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
