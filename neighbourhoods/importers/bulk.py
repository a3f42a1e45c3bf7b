"""Millions of rows: the one place where they go past the ORM into a table."""

from collections.abc import Collection, Iterable, Sequence

from django.db import connection
from django.db.models import Model
from django.db.models.expressions import RawSQL


def bulk_load(model: type[Model], names: Sequence[str], rows: Iterable[tuple]) -> None:
    """Add a row to the model's table for each tuple of the values of the fields ``names``.

    PostgreSQL's COPY, elsewhere executemany. Nothing but the database checks the values.
    """
    fields = [model._meta.get_field(name) for name in names]
    quoted = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    into = f"{connection.ops.quote_name(model._meta.db_table)} ({quoted})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {into} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(fields))
            insert = f"INSERT INTO {into} VALUES ({marks})"  # noqa: S608  names of the model
            cursor.executemany(insert, [_prepared(fields, row) for row in rows])


def among(values: Collection[str]) -> RawSQL | Collection[str]:
    """What an ``__in`` lookup takes for thousands of texts: one parameter where that can be.

    A parameter for each takes Django, psycopg and PostgreSQL together six times as long.
    """
    if connection.vendor != "postgresql":
        return values
    return RawSQL("SELECT unnest(%s::text[])", [list(values)])


def refresh_statistics(*models: type[Model]) -> None:
    """Let the database count the tables now: a plan made for an empty one may read a full one
    from end to end for every row.
    """
    with connection.cursor() as cursor:
        for model in models:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")


def _prepared(fields: list, row: tuple) -> list:
    """The values as SQLite takes them: it knows no dates."""
    pairs = zip(fields, row, strict=True)
    return [field.get_db_prep_save(value, connection=connection) for field, value in pairs]
