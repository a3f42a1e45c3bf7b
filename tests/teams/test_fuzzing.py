"""Nothing in a force's file of people makes its reader fail or hang."""

from pathlib import Path

import pytest
from hypothesis import given, settings

from neighbourhoods.importers.table import TableFile
from neighbourhoods.models import Force
from teams.importers.duties import import_duties
from teams.importers.duty_codes import import_duty_codes
from teams.importers.patrols import import_patrols
from teams.importers.people import plan_import
from tests.factories.neighbourhoods import ForceFactory, NeighbourhoodFactory
from tests.factories.teams import DutyCodeFactory, MemberFactory
from tests.fuzzing import broken, given_up_well

DUTIES = Path(__file__).parents[1] / "data" / "duties"
PATROLS = (Path(__file__).parents[1] / "data" / "patrols" / "patrols.csv").read_bytes()
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


@pytest.mark.django_db
@settings(max_examples=40)
@given(broken((DUTIES / "codes.csv").read_bytes()))
def test_no_list_of_duty_codes_makes_the_importer_fail(content):
    given_up_well(lambda: _load(import_duty_codes, content))


@pytest.mark.django_db
@settings(max_examples=40)
@given(broken((DUTIES / "duties.csv").read_bytes()))
def test_no_list_of_duties_makes_the_importer_fail(content):
    given_up_well(lambda: _load(import_duties, content))


@pytest.mark.django_db
@settings(max_examples=40)
@given(broken(PATROLS))
def test_no_list_of_patrols_makes_the_importer_fail(content):
    given_up_well(lambda: _load(import_patrols, content))


def _load(importer, content):
    table = TableFile.of("x.csv", content)
    force = Force.objects.first() or _force()
    return importer(table.lines, force=force, source=table.name, sha256=table.sha256)


def _force():
    force = ForceFactory()
    for code in ("E", "EV", "AL", "L", "SK"):
        DutyCodeFactory(force=force, code=code)
    for reference in ("CW-0417", "CW-0733"):
        MemberFactory(force=force, reference=reference)
    for code in ("harkstow", "lanterngate", "Tarrow Dock"):
        NeighbourhoodFactory(force=force, code=code)
    return force
