from datetime import date

import pytest
from shapely import MultiPolygon, box

from neighbourhoods.geometry import hectares
from neighbourhoods.importers.reporting import UnusableFile
from neighbourhoods.models import Succession
from neighbourhoods.queries.rehearsal import Move, rehearse
from tests.factories.feedback import MessageFactory
from tests.factories.neighbourhoods import (
    BoundaryFactory,
    NeighbourhoodFactory,
)
from tests.factories.reports import CrimeCountFactory
from tests.neighbourhoods.test_commands import refusal, run
from tests.neighbourhoods.test_switching import dark, follow, force, old, tell

__all__ = ["force", "old"]
pytestmark = pytest.mark.django_db


def test_a_rehearsal_tells_everything_and_changes_nothing(force, old):
    place = force.neighbourhoods.get(code="a")
    MessageFactory.create_batch(2, neighbourhood=place)
    CrimeCountFactory(force=force, neighbourhood=place, month=date(2030, 5, 1))
    follow(force, "a", postcode="WQ210AA")
    new = dark(force, west=(1, 1), east=(2, 2), b=(3, 3))

    found = rehearse(new)

    assert [(e.place.code, [p.code for p in e.after], e.told) for e in found.endings] == [
        ("a", ["west", "east"], False)
    ]
    assert [place.code for place in found.beginning] == ["east", "west"]
    assert found.postcodes == [Move("a", "east", 4), Move("a", "west", 8)]
    assert found.followers == [Move("a", "east", 1)]
    assert Move("a", "west", 2, "message") in found.rows
    assert found.months == [date(2030, 5, 1)]
    assert (found.overlaps, found.gaps, found.lost) == ([], [], [])
    assert "import again: 1 month(s) of figures, 2030-05 to 2030-05" in found.lines
    force.refresh_from_db()
    assert force.boundary_set == old


def test_overlaps_and_gaps_are_told_in_hectares_with_postcodes(force, old):
    new = dark(force, a=(1, 1))
    other = NeighbourhoodFactory(force=force, code="b2")
    BoundaryFactory(
        boundary_set=new,
        neighbourhood=other,
        polygon=MultiPolygon([box(0.15, 52, 0.25, 52.1)]),
    )

    found = rehearse(new)

    (overlap,) = found.overlaps
    expected = round(hectares(box(0.15, 52, 0.2, 52.1)), 2)
    assert (overlap.codes, overlap.hectares) == (("a", "b2"), expected)
    (gap,) = found.gaps
    assert (gap.codes, len(gap.postcodes)) == ((), 3)
    assert [place.code for place in found.lost] == ["b"]
    assert "becomes: b -> (NOTHING: name its successor) (proposed)" in found.lines


def test_the_command_rehearses_and_then_switches(force, old, tmp_path):
    new = dark(force, west=(1, 1), east=(2, 2), b=(3, 3))
    after = tmp_path / "after.csv"
    after.write_text("old,new\na,east\n")
    day = new.valid_from.isoformat()
    asked = ("activate_boundaries", "casterwell", "--valid-from", day, "--successors", after)

    rehearsed = run(*asked, "--dry-run")

    force.refresh_from_db()
    assert (force.boundary_set, rehearsed[-1]) == (old, "Dry run: nothing was changed.")
    assert "becomes: a -> east (told)" in rehearsed
    assert not Succession.objects.exists()
    assert run(*asked)[-1] == f"In force: {new}."
    force.refresh_from_db()
    assert force.boundary_set == new


def test_the_command_says_what_is_missing(force, old):
    assert refusal("activate_boundaries", "casterwell", "--valid-from", "2001-01-01") == (
        "Force 'casterwell' has no boundaries of 2001-01-01."
    )
    day = dark(force, a=(1, 2)).valid_from.isoformat()
    assert refusal("activate_boundaries", "casterwell", "--valid-from", day).endswith(
        "Nothing was changed."
    )


def test_successors_that_nobody_draws_are_named(force, old):
    with pytest.raises(UnusableFile) as caught:
        tell(dark(force, c=(1, 3)), ("a", "c"), ("x", "b"))

    assert str(caught.value).splitlines() == [
        "after.csv:3: the set in force draws no such neighbourhood, 'x'",
        "after.csv:3: the new set draws no such neighbourhood, 'b'",
        "after.csv: nothing was imported; mend these lines",
    ]
