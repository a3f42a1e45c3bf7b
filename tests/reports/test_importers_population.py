import pytest

from neighbourhoods.importers.reporting import UnusableFile
from neighbourhoods.models import ImportRun
from reports.importers.population import import_population
from tests.factories.neighbourhoods import ForceFactory, NeighbourhoodFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def force():
    return ForceFactory()


@pytest.fixture
def place(force):
    return NeighbourhoodFactory(force=force, code="harkstow")


def run(force, *lines):
    return import_population(lines, force=force, source="people.csv", sha256="0" * 64)


@pytest.mark.parametrize("column", ["residents", "population_2011_estimate", " Residents "])
def test_residents_are_set_and_the_pages_marked(force, place, column):
    other = NeighbourhoodFactory(force=force, population=70)
    before = place.stamp

    report = run(force, f"id,name,{column}\n", 'harkstow,Harkstow,"12,340"\n', "\n")

    place.refresh_from_db()
    other.refresh_from_db()
    assert (place.population, place.stamp, other.population) == (12340, before + 1, 70)
    assert report.summary.startswith("read 1 · kept 1 · replaced 0 · rejected 0")
    assert ImportRun.objects.get().force == force


def test_a_second_time_replaces(force, place):
    run(force, "id,residents\n", "harkstow,5\n")
    report = run(force, "id,residents\n", "harkstow,6\n")

    place.refresh_from_db()
    assert (place.population, report.counts["replaced"]) == (6, 1)


def test_bad_rows_are_named_and_left_out(force, place):
    lines = ["harkstow,7", "nowhere,5", "harkstow", "harkstow,many", "harkstow,0", "harkstow,-3"]
    report = run(force, "id,residents\n", *(f"{line}\n" for line in lines))

    assert report.rejects == [
        "people.csv:3: no neighbourhood with this id in the force, 'nowhere'",
        "people.csv:4: 2 fields expected, 1",
        "people.csv:5: not a number of residents, 'many'",
        "people.csv:6: not a number of residents, '0'",
        "people.csv:7: not a number of residents, '-3'",
    ]


@pytest.mark.parametrize(
    ("lines", "fact"),
    [
        ([], "people.csv: the header needs id and residents; it has []"),
        (["id,people\n"], "people.csv: the header needs id and residents; it has ['id', 'people']"),
        (["id,residents\n"], "people.csv: no usable row in it"),
        (["id,residents\n", '"' + "x" * 140_000], "people.csv:2: not CSV, field larger than"),
    ],
)
def test_a_file_without_anything_usable_is_refused(force, lines, fact):
    with pytest.raises(UnusableFile) as caught:
        run(force, *lines)

    assert str(caught.value).startswith(fact)
    assert ImportRun.objects.count() == 0
