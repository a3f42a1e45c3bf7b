"""Nothing in a force's file of people makes its reader fail or hang."""

from pathlib import Path

import pytest
from hypothesis import given, settings

from neighbourhoods.importers.table import TableFile
from neighbourhoods.models import Force
from teams.importers.people import plan_import
from tests.factories.neighbourhoods import ForceFactory, NeighbourhoodFactory
from tests.fuzzing import broken, given_up_well

PEOPLE = (Path(__file__).parents[1] / "data" / "people" / "good.csv").read_bytes()


@pytest.mark.django_db
@settings(max_examples=40)
@given(broken(PEOPLE))
def test_no_list_of_people_makes_the_importer_fail(content):
    force = Force.objects.first() or _force()

    def read():
        table = TableFile.of("x.csv", content)
        plan = plan_import(table.lines, force=force, source=table.name)
        plan.write()
        return plan.report(rehearsed=True)

    given_up_well(read)


def _force():
    force = ForceFactory()
    for code in ("harkstow", "lanterngate", "Tarrow Dock"):
        NeighbourhoodFactory(force=force, code=code)
    return force
