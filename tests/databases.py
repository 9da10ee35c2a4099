"""The test's own database: how another process is told of it, and how it becomes what it was."""

import sqlite3
from contextlib import closing

from django.db import connection

# For a replica no trigger and no foreign key has a say. Tables are truncated: of those that were
# emptied by row and then analysed, PostgreSQL thinks that they stay small. Columns are found by
# name: a migration that a test took back and made again has moved them.
KEEP = """
DO $$ DECLARE name text; used boolean; BEGIN
    CREATE SCHEMA kept;
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', name) INTO used;
        IF used THEN
            EXECUTE format('CREATE TABLE kept.%1$I AS TABLE public.%1$I', name);
        END IF;
    END LOOP;
END $$
"""
RESTORE = """
DO $$ DECLARE name text; BEGIN
    SET LOCAL session_replication_role = replica;
    EXECUTE (
        SELECT 'TRUNCATE ' || string_agg(format('public.%I', tablename), ', ')
        FROM pg_tables WHERE schemaname = 'public'
    );
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'kept' LOOP
        EXECUTE format(
            'INSERT INTO public.%1$I SELECT made.* FROM kept.%1$I AS was,
            jsonb_populate_record(NULL::public.%1$I, to_jsonb(was)) AS made', name
        );
    END LOOP;
END $$
"""


def url() -> str:
    """What that process finds as `DATABASE_URL`."""
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{_name()}"
    return f"postgres://{settings['USER']}@{settings['HOST']}:{settings['PORT']}/{settings['NAME']}"


def keep() -> None:
    """Remember what is in it."""
    if connection.vendor == "sqlite":
        _copy(_name(), _kept())
    else:
        _do(KEEP)


def restore() -> None:
    """Make it what it was when it was kept."""
    if connection.vendor == "sqlite":
        _copy(_kept(), _name())
    else:
        _do(RESTORE)


def _name() -> str:
    return str(connection.settings_dict["NAME"])


def _kept() -> str:
    return f"{_name()}.kept"


def _copy(source: str, target: str) -> None:
    with closing(sqlite3.connect(source)) as this, closing(sqlite3.connect(target)) as that:
        that.execute("PRAGMA synchronous = OFF")
        this.backup(that)


def _do(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
