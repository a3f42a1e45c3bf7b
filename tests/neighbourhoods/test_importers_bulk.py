from datetime import date

import pytest
from django.db import connection

from neighbourhoods.importers.bulk import among, bulk_change, bulk_load
from neighbourhoods.importers.turns import wait_for_turn
from neighbourhoods.models import Postcode

pytestmark = pytest.mark.django_db

NAMES = ("code", "lat", "lng", "terminated_on", "council_code")
ROWS = [
    ("WQ11AA", 52.05, -0.95, None, "E07000001"),
    ("WQ64ZZ", None, None, date(2029, 6, 1), ""),
]


either = pytest.mark.parametrize("vendor", [connection.vendor, "any other"])


@either
def test_any_database_takes_and_finds_many_rows(monkeypatch, vendor):
    monkeypatch.setattr(connection, "vendor", vendor)

    bulk_load(Postcode, NAMES, iter(ROWS))
    bulk_load(Postcode, NAMES, [])

    assert list(Postcode.objects.order_by("code").values_list(*NAMES)) == ROWS
    found = Postcode.objects.filter(pk__in=among(["WQ64ZZ", "WQ99XX"]))
    assert list(found.values_list(*NAMES)) == ROWS[1:]


@either
def test_any_database_changes_many_rows(monkeypatch, vendor):
    bulk_load(Postcode, NAMES, [*ROWS, ("WQ92LB", 52.05, -0.85, None, "E07000001")])
    changed = [
        ("WQ11AA", None, None, date(2030, 1, 1), ""),
        ("WQ64ZZ", 52.1, -0.9, None, "E07000002"),
        ("WQ99XX", 52.1, -0.9, None, "E07000002"),
    ]
    monkeypatch.setattr(connection, "vendor", vendor)

    bulk_change(Postcode, NAMES, changed)
    bulk_change(Postcode, NAMES, [])

    assert list(Postcode.objects.order_by("code").values_list(*NAMES)) == [
        *changed[:2],
        ("WQ92LB", 52.05, -0.85, None, "E07000001"),
    ]


def test_where_one_writes_at_a_time_anyway_nobody_waits_for_a_turn(
    monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr(connection, "vendor", "any other")

    with django_assert_num_queries(0):
        wait_for_turn(Postcode)
