from django.db import migrations, models
from django.db.models.deletion import PROTECT

FILL = """
    UPDATE routing_legspan SET agent_id = (
        SELECT agent_id FROM routing_leg WHERE routing_leg.id = routing_legspan.leg_id
    )
"""


def agent(**options):
    return models.ForeignKey(
        'presence.agent',
        verbose_name='agent',
        on_delete=PROTECT,
        related_name='+',
        db_index=False,
        **options,
    )


class Migration(migrations.Migration):

    dependencies = [
        ('presence', '0014_wrap_up_word'),
        ('routing', '0015_sealed_secrets'),
    ]

    operations = [
        migrations.AddField('legspan', 'agent', agent(null=True)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField('legspan', 'agent', agent()),
    ]
