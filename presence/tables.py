"""Whether the tables are as the code needs them."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def unapplied() -> list[str]:
    """The migrations that the code has and the tables lack, such as `routing.0017_limits`. Raises
    `django.db.Error` where the database cannot be asked."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]
