import pytest

from teams.models import AuditEvent
from tests.factories.neighbourhoods import BoundarySetFactory, ForceFactory
from tests.neighbourhoods.test_switching import draw, postcodes
from tests.teams.acting import ADMINISTRATOR, INSPECTOR, SERGEANT, acting, today

pytestmark = pytest.mark.django_db
SETS = "/staff/forces/casterwell/boundaries/"


@pytest.fixture
def force():
    force = ForceFactory(id="casterwell")
    postcodes(1, 2)
    draw(BoundarySetFactory(force=force, active=True), a=(1, 2))
    return force


@pytest.fixture
def dark(force):
    return draw(BoundarySetFactory(force=force), west=(1, 1), east=(2, 2))


@pytest.fixture
def client(force):
    return acting(ADMINISTRATOR, force)


def test_the_sets_are_listed(client, force, dark):
    page = client.get(SETS).content.decode()

    assert page.count("Boundaries of") == 2
    assert (page.count("In force"), page.count("Not in force")) == (1, 1)


def test_of_the_set_in_force_only_overlaps_and_gaps_are_told(client, force):
    page = client.get(f"{SETS}{force.boundary_set_id}/").content.decode()

    assert "Boundaries in force" in page
    assert "Gaps" in page
    assert "What a switch changes" not in page
    assert "Switch to these boundaries" not in page


def test_a_force_without_boundaries_is_told_so(client, force):
    force.boundary_set = None
    force.save()
    force.boundary_sets.all().delete()

    assert "No boundaries have been loaded yet." in client.get(SETS).content.decode()


def test_a_switch_is_rehearsed_and_then_made(client, force, dark):
    dark.boundaries.filter(neighbourhood__code="east").update(name="Eastgate")
    page = client.get(f"{SETS}{dark.pk}/").content.decode()
    response = client.post(f"{SETS}{dark.pk}/switch/")

    force.refresh_from_db()
    assert "2 from Place a to Place west" in " ".join(page.split())
    assert "Place east is called Eastgate from then on" in page
    assert force.neighbourhoods.get(code="east").name == "Eastgate"
    assert "Switch to these boundaries" in page
    assert (response.status_code, response["Location"]) == (302, SETS)
    assert force.boundary_set == dark
    event = AuditEvent.objects.get(verb="boundaries.switched")
    assert (event.subject_id, event.detail["on"]) == (str(dark.pk), today().isoformat())


def test_a_set_that_leaves_somebody_without_a_team_is_refused(client, force):
    far = draw(BoundarySetFactory(force=force), far=(6, 7))

    page = client.get(f"{SETS}{far.pk}/").content.decode()
    response = client.post(f"{SETS}{far.pk}/switch/", follow=True)

    force.refresh_from_db()
    assert "nothing: name its successor" in page
    assert "Switch to these boundaries" not in page
    assert "Nothing was changed" in response.content.decode()
    assert force.boundary_set != far
    assert not AuditEvent.objects.filter(verb="boundaries.switched").exists()


def test_outsiders_find_nothing_and_other_roles_may_not(force, dark):
    outsider = acting(ADMINISTRATOR, ForceFactory())
    insiders = [acting(role, force) for role in (SERGEANT, INSPECTOR)]
    for path in ("", f"{dark.pk}/"):
        assert outsider.get(SETS + path).status_code == 404
        assert {insider.get(SETS + path).status_code for insider in insiders} == {403}
    assert outsider.post(f"{SETS}{dark.pk}/switch/").status_code == 404
    assert insiders[0].post(f"{SETS}{dark.pk}/switch/").status_code == 403


def test_the_switch_is_a_button_and_of_the_own_force(client, dark):
    assert client.get(f"{SETS}{dark.pk}/switch/").status_code == 405
    assert client.post(f"{SETS}{BoundarySetFactory().pk}/switch/").status_code == 404
