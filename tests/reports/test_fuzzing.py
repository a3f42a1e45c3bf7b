"""Nothing in the files of crime and of residents makes their readers fail or hang."""

import hashlib
import io
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neighbourhoods.models import Force
from reports.importers.crime_files import CrimeFile
from reports.importers.crimes import import_crimes
from reports.importers.population import import_population
from tests.factories.neighbourhoods import (
    BoundaryFactory,
    BoundarySetFactory,
    ForceFactory,
    NeighbourhoodFactory,
)
from tests.fuzzing import broken, broken_table, given_up_well
from tests.reports.crime_rows import FORCE_NAME, HEADER, OUTSIDE, row

pytestmark = pytest.mark.django_db
NAME = "2031-05-casterwell-street.csv"
CRIMES = "\n".join([HEADER, row("a" * 64), row(at=OUTSIDE), row(crime_type="Drugs")])


def force() -> Force:
    """The one that all examples share."""
    return Force.objects.first() or _force()


def _force() -> Force:
    made = ForceFactory(id="casterwell", name=FORCE_NAME)
    place = NeighbourhoodFactory(force=made, code="N1")
    BoundaryFactory(boundary_set=BoundarySetFactory(force=made, active=True), neighbourhood=place)
    return made


@settings(max_examples=40)
@given(
    broken(CRIMES.encode())
    | broken_table(HEADER, row("a" * 64)).map(lambda lines: "".join(lines).encode())
)
def test_no_file_of_crimes_makes_the_importer_fail(content):
    force()
    file = CrimeFile(NAME, hashlib.sha256(content).hexdigest(), lambda: io.BytesIO(content))

    given_up_well(lambda: import_crimes([file], name=NAME, on=date(2031, 9, 1)))


@settings(max_examples=40)
@given(broken_table("id,residents", "N1,1200") | st.lists(st.text(max_size=20), max_size=4))
def test_no_list_of_residents_makes_the_importer_fail(lines):
    given_up_well(
        lambda: import_population(lines, force=force(), source="residents.csv", sha256="")
    )
