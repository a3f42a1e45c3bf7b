"""What a test may do that nobody may at work: set the triggers of the audit record aside."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from django.db import connection

triggers = import_module("teams.migrations.0003_audit_chain")
OFF_AND_ON = {
    "postgresql": (["SET session_replication_role = replica"], ["RESET session_replication_role"]),
    "sqlite": (triggers.UNDONE["sqlite"](), triggers.MADE["sqlite"]()),
}


@contextmanager
def set_aside() -> Iterator[None]:
    """As a superuser of PostgreSQL may; SQLite's triggers are taken away and made again."""
    off, on = OFF_AND_ON[connection.vendor]
    with connection.cursor() as cursor:
        for statement in off:
            cursor.execute(statement)
        try:
            yield
        finally:
            for statement in on:
                cursor.execute(statement)
