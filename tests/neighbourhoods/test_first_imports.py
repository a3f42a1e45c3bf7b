"""Two imports at once into a database in which there is nothing yet."""

from functools import partial
from pathlib import Path

import pytest

from neighbourhoods.models import Force, ImportRun, Postcode
from neighbourhoods.services import save_force
from tests.neighbourhoods.test_commands import ONSPD, run
from tests.racing import on_postgresql, race

pytestmark = [on_postgresql, pytest.mark.django_db(transaction=True)]


def test_of_postcodes_the_second_waits_for_the_first(tmp_path: Path):
    second = tmp_path / "more.csv"
    second.write_text("pcds,lat,long\nWQ1 1AA,52.1,-0.9\n")
    both = (partial(run, "import_postcodes", path) for path in (ONSPD, second))

    said = race(*both, at=Postcode)

    assert [lines[-1].split(" · ")[0] for lines in said] == ["read 6", "read 1"]
    assert Postcode.objects.get(code="WQ11AA").lat in (52.05, 52.1)
    assert ImportRun.objects.count() == 2


def test_of_the_same_force_one_makes_it_and_the_other_changes_it():
    one, other = (
        partial(save_force, force_id="casterwell", name=name) for name in ("Police", "Heddlu")
    )

    made = race(one, other, at=Force)

    assert sorted(created for _force, created in made) == [False, True]
    changed = next(force for force, created in made if not created)
    assert Force.objects.get() == changed
    assert Force.objects.get().name == changed.name
