"""One import of a kind at a time, where no row is there yet that it could hold."""

from django.db import connection
from django.db.models import Model


def wait_for_turn(model: type[Model]) -> None:
    """Let nobody else write rows of ``model`` until the transaction ends; readers go on.

    The embedded database lets one writer in at a time anyway.
    """
    if connection.vendor == "postgresql":
        table = connection.ops.quote_name(model._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
