from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("routing", "0003_outcomes")]

    operations = [
        migrations.RemoveField(
            model_name='interaction',
            name='abandoned',
        ),
        migrations.AddConstraint(
            model_name='interaction',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('outcome', '')), models.Q(('ended_at__isnull', False), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='interaction_outcome_at_end'),
        ),
    ]
