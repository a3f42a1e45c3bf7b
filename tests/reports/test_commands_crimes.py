import io
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from reports.models import CrimeCount
from tests.factories.neighbourhoods import ForceFactory, NeighbourhoodFactory
from tests.factories.reports import CrimeCountFactory
from tests.reports.crime_rows import row, written

pytestmark = pytest.mark.django_db


def run(*arguments: object) -> list[str]:
    out = io.StringIO()
    call_command(*map(str, arguments), stdout=out)
    return out.getvalue().splitlines()


def refusal(*arguments: object) -> str:
    with pytest.raises(CommandError) as caught:
        run(*arguments)
    return str(caught.value)


@pytest.fixture
def force():
    return ForceFactory(id="casterwell", name="Casterwell Police")


def test_import_crimes_says_what_became_of_the_rows(force, tmp_path):
    path = written(tmp_path / "2021-05-casterwell-street.csv", row("a" * 64, month="2021-05"))

    assert run("import_crimes", path) == [
        "read 1 · kept 1 · replaced 0 · rejected 0 · no coordinates 0 · outside 1"
    ]
    assert CrimeCount.objects.get().month == date(2021, 5, 1)


def test_import_crimes_refuses_what_is_to_come(force, tmp_path):
    path = written(tmp_path / "list.csv", row("a" * 64, month="2099-01"))

    assert refusal("import_crimes", path) == (
        "list.csv:2: the month is before December 2010 or still to come, '2099-01'\n"
        "list.csv: no usable row in it\nNothing was changed."
    )


def test_import_population_sets_residents(force, tmp_path):
    place = NeighbourhoodFactory(force=force, code="harkstow")
    path = tmp_path / "people.csv"
    path.write_text("\ufeffid,residents\nharkstow,1200\n")

    assert run("import_population", "casterwell", path) == [
        "read 1 · kept 1 · replaced 0 · rejected 0 · no coordinates 0 · outside 0"
    ]
    place.refresh_from_db()
    assert place.population == 1200


def test_import_population_refuses_an_unknown_force_and_an_unusable_file(force, tmp_path):
    assert refusal("import_population", "elsewhere", tmp_path / "none.csv") == (
        "There is no force 'elsewhere': import_force makes one."
    )
    assert refusal("import_population", "casterwell", tmp_path / "none.csv") == (
        "none.csv: cannot be read, No such file or directory\nNothing was changed."
    )


@pytest.fixture
def counts(force):
    for code in ("b", "B", "a"):
        CrimeCountFactory(neighbourhood=NeighbourhoodFactory(force=force, code=code))
    outside = {"without_coordinates": True, "force": force}
    CrimeCountFactory(**outside, month=date(2031, 2, 1))
    CrimeCountFactory(**outside, month=date(2031, 3, 1), place=CrimeCount.Place.OUTSIDE)
    CrimeCountFactory()  # of another force


def test_export_crime_counts_is_sorted_by_code_points(counts):
    assert run("export_crime_counts", "casterwell") == [
        "neighbourhood_id,month,crime_type,count",
        "(no coordinates),2031-02,Burglary,3",
        "(outside all boundaries),2031-03,Burglary,3",
        "B,2031-01,Burglary,3",
        "a,2031-01,Burglary,3",
        "b,2031-01,Burglary,3",
    ]


def test_export_crime_counts_of_some_months(counts):
    assert run("export_crime_counts", "casterwell", "--from=2031-02", "--to=2031-02")[1:] == [
        "(no coordinates),2031-02,Burglary,3"
    ]


def test_export_crime_counts_refuses_an_unknown_force_and_month(force):
    assert refusal("export_crime_counts", "elsewhere") == (
        "There is no force 'elsewhere': import_force makes one."
    )
    assert "not a month like 2026-11, '2031'" in refusal(
        "export_crime_counts", "casterwell", "--from=2031"
    )
