"""The database itself refuses to change the audit log, or to delete what is not older than its
border; so it does for whoever comes past Rollcall."""

from django.db import migrations

SQLITE = (
    """
    CREATE TRIGGER audit_entry_changed BEFORE UPDATE ON audit_entry
    BEGIN SELECT RAISE(ABORT, 'The audit log is only inserted.'); END
    """,
    """
    CREATE TRIGGER audit_entry_deleted BEFORE DELETE ON audit_entry
    WHEN NOT EXISTS (SELECT 1 FROM audit_border WHERE what = 'audit' AND OLD.at < before)
    BEGIN SELECT RAISE(ABORT, 'The audit log is only inserted.'); END
    """,
    # REPLACE deletes without a word to triggers.
    """
    CREATE TRIGGER audit_entry_replaced BEFORE INSERT ON audit_entry
    WHEN EXISTS (SELECT 1 FROM audit_entry WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'The audit log is only inserted.'); END
    """,
)
POSTGRESQL = (
    """
    CREATE FUNCTION audit_entry_refused() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE restrict_violation USING MESSAGE = 'The audit log is only inserted.';
    END $$
    """,
    """
    CREATE FUNCTION audit_entry_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT 1 FROM audit_border WHERE what = 'audit' AND OLD.at < before) THEN
            RETURN OLD;
        END IF;
        RAISE restrict_violation USING MESSAGE = 'The audit log is only inserted.';
    END $$
    """,
    """
    CREATE FUNCTION audit_entry_truncated() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT 1 FROM audit_entry) THEN
            RAISE restrict_violation USING MESSAGE = 'The audit log is only inserted.';
        END IF;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER audit_entry_changed BEFORE UPDATE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_entry_refused()
    """,
    """
    CREATE TRIGGER audit_entry_deleted BEFORE DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_entry_deleted()
    """,
    """
    CREATE TRIGGER audit_entry_truncated BEFORE TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_truncated()
    """,
)
POSTGRESQL_BACK = (
    "DROP TRIGGER audit_entry_changed ON audit_entry",
    "DROP TRIGGER audit_entry_deleted ON audit_entry",
    "DROP TRIGGER audit_entry_truncated ON audit_entry",
    "DROP FUNCTION audit_entry_refused",
    "DROP FUNCTION audit_entry_deleted",
    "DROP FUNCTION audit_entry_truncated",
)
SQLITE_BACK = (
    "DROP TRIGGER audit_entry_changed",
    "DROP TRIGGER audit_entry_deleted",
    "DROP TRIGGER audit_entry_replaced",
)


def forth(_apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def back(_apps, schema_editor):
    on_postgresql = schema_editor.connection.vendor == "postgresql"
    for statement in POSTGRESQL_BACK if on_postgresql else SQLITE_BACK:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_entries")]
    operations = [migrations.RunPython(forth, back)]
