from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from reports.models import Bulletin
from tests.factories.neighbourhoods import NeighbourhoodFactory
from tests.factories.reports import BulletinFactory

pytestmark = pytest.mark.django_db


def run(*arguments: str, **options: object) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out, **options)
    return out.getvalue()


def test_bulletins_are_prepared_once():
    places = NeighbourhoodFactory.create_batch(2)

    assert run("prepare_bulletins", "2021-Q4") == (
        "2021-Q4: 2 prepared, 0 there before, 0 still to do.\n"
    )
    assert run("prepare_bulletins", "2021-Q4", force=places[0].force_id) == (
        "2021-Q4: 0 prepared, 1 there before, 0 still to do.\n"
    )
    assert Bulletin.objects.count() == 2


def test_bulletins_of_one_neighbourhood():
    place = NeighbourhoodFactory()
    NeighbourhoodFactory(force=place.force)

    run("prepare_bulletins", "2021-Q4", force=place.force_id, neighbourhood=place.code)

    assert Bulletin.objects.get().neighbourhood == place


@pytest.mark.parametrize(
    ("arguments", "options", "said"),
    [
        (["2021-Q5"], {}, "'2021-Q5' is no quarter: write it like 2021-Q4."),
        (["9000-Q1"], {}, "9000-Q1 lasts until 9000-03-31."),
        (["2021-Q4"], {"force": "nowhere"}, "There is no force 'nowhere'."),
        (["2021-Q4"], {"neighbourhood": "N1"}, "--neighbourhood needs --force"),
        (
            ["2021-Q4"],
            {"force": "casterwell", "neighbourhood": "N1"},
            "There is no neighbourhood 'N1' in force 'casterwell'.",
        ),
    ],
)
def test_what_cannot_be_prepared_is_named(arguments, options, said):
    NeighbourhoodFactory(force__id="casterwell", code="harkstow")

    with pytest.raises(CommandError, match=said.replace(".", r"\.")):
        run("prepare_bulletins", *arguments, **options)

    assert not Bulletin.objects.exists()


def test_a_published_bulletin_is_verified():
    place = NeighbourhoodFactory(force__id="casterwell", code="harkstow")
    bulletin = BulletinFactory(neighbourhood=place, published=True)

    assert run("verify_bulletin", "casterwell", "harkstow", "2030-Q4") == (
        f"casterwell/harkstow 2030-Q4 is as published: {bulletin.sha256}\n"
    )


def test_a_changed_bulletin_is_named():
    place = NeighbourhoodFactory(force__id="casterwell", code="harkstow")
    bulletin = BulletinFactory(neighbourhood=place, published=True)
    changed = bulletin.document.replace('"due":0', '"due":1')
    Bulletin.objects.update(document=changed)

    with pytest.raises(CommandError, match="2030-Q4 is not what was published"):
        run("verify_bulletin", "casterwell", "harkstow", "2030-Q4")


@pytest.mark.parametrize(
    ("quarter", "said"),
    [("soon", "'soon' is no quarter"), ("2030-Q4", "No bulletin is published for casterwell/x")],
)
def test_what_cannot_be_verified_is_named(quarter, said):
    with pytest.raises(CommandError, match=said):
        run("verify_bulletin", "casterwell", "x", quarter)
