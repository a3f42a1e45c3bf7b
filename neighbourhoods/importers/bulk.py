"""Millions of rows: the one place where they go past the ORM into a table."""

from collections.abc import Collection, Iterable, Sequence

from django.db import connection
from django.db.models import Field, Model
from django.db.models.expressions import RawSQL


def bulk_load(model: type[Model], names: Sequence[str], rows: Iterable[tuple]) -> None:
    """Add a row to the model's table for each tuple of the values of the fields ``names``.

    PostgreSQL's COPY, elsewhere executemany. Nothing but the database checks the values.
    """
    fields, columns = _fields(model, names)
    into = f"{connection.ops.quote_name(model._meta.db_table)} ({', '.join(columns)})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {into} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(fields))
            insert = f"INSERT INTO {into} VALUES ({marks})"  # noqa: S608  names of the model
            cursor.executemany(insert, [_prepared(fields, row) for row in rows])


def bulk_change(model: type[Model], names: Sequence[str], rows: Collection[tuple]) -> None:
    """Give rows that stand other values: in each tuple the first finds the row.

    On PostgreSQL one UPDATE from an array for each field, elsewhere executemany.
    """
    fields, (key, *columns) = _fields(model, names)
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            changes = ", ".join(f"{column} = changed.{column}" for column in columns)
            arrays = ", ".join(f"%s::{field.db_type(connection)}[]" for field in fields)
            cursor.execute(
                f"UPDATE {table} SET {changes} FROM unnest({arrays})"  # noqa: S608  of the model
                f" AS changed ({key}, {', '.join(columns)}) WHERE {table}.{key} = changed.{key}",
                [[row[at] for row in rows] for at in range(len(fields))],
            )
        else:
            changes = ", ".join(f"{column} = %s" for column in columns)
            update = f"UPDATE {table} SET {changes} WHERE {key} = %s"  # noqa: S608  of the model
            values = (_prepared(fields, row) for row in rows)
            cursor.executemany(update, [[*others, found] for found, *others in values])


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


def _fields(model: type[Model], names: Sequence[str]) -> tuple[list[Field], list[str]]:
    """The fields, and the quoted names of their columns."""
    fields = [model._meta.get_field(name) for name in names]
    return fields, [connection.ops.quote_name(field.column) for field in fields]


def _prepared(fields: list, row: tuple) -> list:
    """The values as SQLite takes them: it knows no dates."""
    pairs = zip(fields, row, strict=True)
    return [field.get_db_prep_save(value, connection=connection) for field, value in pairs]
