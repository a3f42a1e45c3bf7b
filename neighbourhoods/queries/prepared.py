"""Querysets whose SQL is made once and then asked again and again.

For what residents ask for most: making the SQL of a queryset takes Python longer than
PostgreSQL takes to answer it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property, update_wrapper
from types import MappingProxyType
from typing import NamedTuple

from django.db import DEFAULT_DB_ALIAS, OperationalError, connection, models
from django.db.models.query import ModelIterable, get_related_populators


class Question(NamedTuple):
    """A prepared queryset and what it is asked with."""

    asked: "Prepared"
    values: tuple[object, ...]


Answers = Mapping[Question, list[Sequence]]
_known: ContextVar[Answers] = ContextVar("known", default=MappingProxyType({}))


class Parameter(models.Expression):
    """Stands in a queryset for a value that is known when it is asked."""

    def __init__(self, name: str, field: models.Field):
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler, connection):
        return "%s", [self]


def prepared(**fields: models.Field) -> Callable[[Callable[..., models.QuerySet]], "Prepared"]:
    """Turn a function that makes a queryset into one that asks it and returns a list.

    ``fields`` says of which type each of its arguments is, all given by name. The function
    runs once, with a Parameter for each: it may hand them to filters and nothing else.
    """

    def decorate(make: Callable[..., models.QuerySet]) -> Prepared:
        return Prepared(make, fields)

    return decorate


class Prepared:
    """One queryset with its SQL and the way from a row to what the queryset gives."""

    def __init__(self, make: Callable[..., models.QuerySet], fields: dict[str, models.Field]):
        update_wrapper(self, make)
        self._make, self._fields = make, fields

    def __call__(self, **values: object) -> list:
        """What the queryset gives with ``values`` for its parameters. One query."""
        question, known = self.of(**values), _known.get()
        return self._read(known[question] if question in known else _rows(*self.sql(question)))

    def of(self, **values: object) -> Question:
        """The question alone, for ``asked_ahead``."""
        return Question(self, tuple(values[name] for name in self._fields))

    def sql(self, question: Question) -> tuple[str, list[object]]:
        """What to execute, and with which parameters."""
        sql, parameters = self._sql
        values = dict(zip(self._fields, question.values, strict=True))
        return sql, [_bound(parameter, values) for parameter in parameters]

    @cached_property
    def _queryset(self) -> models.QuerySet:
        return self._make(**{name: Parameter(name, field) for name, field in self._fields.items()})

    @cached_property
    def _compiler(self):
        return self._queryset.query.get_compiler(DEFAULT_DB_ALIAS)

    @cached_property
    def _sql(self) -> tuple[str, Sequence[object]]:
        return self._compiler.as_sql()

    @cached_property
    def _converters(self) -> dict:
        compiler = self._compiler
        return compiler.get_converters([column for column, *_ in compiler.select])

    @cached_property
    def _instance(self) -> Callable[[Sequence], object] | None:
        """Makes an object of a row, with those that come with it; None where rows are asked for."""
        if not issubclass(self._queryset._iterable_class, ModelIterable):
            return None
        compiler = self._compiler
        klass = compiler.klass_info
        first, last = klass["select_fields"][0], klass["select_fields"][-1] + 1
        names = [column.target.attname for column, *_ in compiler.select[first:last]]
        related = get_related_populators(klass, compiler.select, DEFAULT_DB_ALIAS)
        annotations = compiler.annotation_col_map.items()

        def instance(row: Sequence) -> models.Model:
            found = klass["model"].from_db(DEFAULT_DB_ALIAS, names, row[first:last])
            for populator in related:
                populator.populate(row, found)
            for name, at in annotations:
                setattr(found, name, row[at])
            return found

        return instance

    def _read(self, rows: list[Sequence]) -> list:
        if self._converters:
            rows = self._compiler.apply_converters(rows, self._converters)
        return [self._instance(row) for row in rows] if self._instance else list(map(tuple, rows))


@contextmanager
def asked_ahead(*questions: Question) -> Iterator[None]:
    """Whoever asks one of ``questions`` inside has the answer already.

    PostgreSQL was asked all of them in one journey. Nothing else changes: what was not asked
    ahead is asked when it is needed, and in the embedded database there is no way to save.
    """
    token = _known.set(_answers(questions) if connection.vendor == "postgresql" else {})
    try:
        yield
    finally:
        _known.reset(token)


def _answers(questions: Sequence[Question]) -> Answers:
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    asked = [(question, connection.cursor()) for question in questions]
    with connection.wrap_database_errors, connection.connection.pipeline():
        for question, cursor in asked:
            cursor.execute(*question.asked.sql(question))
    return {question: cursor.fetchall() for question, cursor in asked}


def _rows(sql: str, values: list[object]) -> list[Sequence]:
    """The answer. A request's first question takes the place of Django's check of a connection
    that it kept from earlier: where that one has ended, it is asked again on a new one.
    """
    checked = connection.health_check_done or not connection.health_check_enabled
    if checked or connection.in_atomic_block:
        return _asked(sql, values)
    connection.health_check_done = True
    try:
        return _asked(sql, values)
    except OperationalError:
        connection.close()
        return _asked(sql, values)


def _asked(sql: str, values: list[object]) -> list[Sequence]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def _bound(parameter: object, values: dict[str, object]) -> object:
    if not isinstance(parameter, Parameter):
        return parameter
    return parameter.output_field.get_db_prep_value(values[parameter.name], connection=connection)
