"""Whom the sergeant trusts, and what the inspector holds: services and pages."""

import pytest
from django.urls import reverse

from neighbourhoods.models import Neighbourhood
from teams.models import AuditEvent, OperationsHold, PublishingTrust
from teams.services.publishing import end_hold, end_trust, hold_operations, trust_publisher
from tests.factories.neighbourhoods import NeighbourhoodFactory
from tests.factories.teams import OperationsHoldFactory, PublishingTrustFactory, UserFactory
from tests.teams.acting import (
    INSPECTOR,
    OFFICER,
    SERGEANT,
    account,
    acting,
    client_of,
    errors_of,
    today,
)

pytestmark = pytest.mark.django_db
GETS = {"trust_list": SERGEANT, "hold_set": INSPECTOR}
POSTS = {"trust_give": SERGEANT, "trust_end": SERGEANT, "hold_end": INSPECTOR}
PAGES = GETS | POSTS
BELOW = {SERGEANT: OFFICER, INSPECTOR: SERGEANT}


@pytest.fixture
def place():
    return NeighbourhoodFactory(in_area=True)


def url(name, place, **more):
    return reverse(f"teams:{name}", kwargs={**place.url_kwargs, **more})


def ask(client, name, place):
    """Ask for a page of ``place``: its officer is trusted, and it is held."""
    officer = account(OFFICER, place)
    pk = OperationsHoldFactory(neighbourhood=place).pk if name == "hold_end" else officer.pk
    return (client.post if name in POSTS else client.get)(
        url(name, place, **({"pk": pk} if name in POSTS else {}))
    )


@pytest.mark.parametrize("name", PAGES)
def test_the_four_questions_of_access(name, place):
    role = PAGES[name]
    elsewhere = acting(role, NeighbourhoodFactory(force=place.force))

    assert ask(elsewhere, name, place).status_code == 404
    assert ask(acting(BELOW[role], place), name, place).status_code == 403
    assert ask(acting(role, place), name, place).status_code == (200 if name in GETS else 302)


@pytest.mark.parametrize("name", POSTS)
def test_what_changes_something_is_a_post(name, place):
    assert acting(POSTS[name], place).get(url(name, place, pk=1)).status_code == 405


def test_a_sergeant_trusts_an_officer_and_takes_it_back(place):
    officer, sergeant = account(OFFICER, place), account(SERGEANT, place, username="sgt")
    client = client_of(sergeant)

    for _press in range(2):
        client.post(url("trust_give", place, pk=officer.pk))
    assert PublishingTrust.objects.get().user == officer
    assert b"Ask for a second person again" in client.get(url("trust_list", place)).content
    client.post(url("trust_end", place, pk=officer.pk))

    assert PublishingTrust.objects.count() == 0
    assert list(AuditEvent.objects.order_by("pk").values_list("by", "verb", "subject_id")) == [
        ("sgt", "update.trust_given", str(officer.pk)),
        ("sgt", "update.trust_given", str(officer.pk)),
        ("sgt", "update.trust_ended", str(officer.pk)),
    ]


def test_only_somebody_who_writes_here_is_trusted(place):
    stranger = account(OFFICER, NeighbourhoodFactory())

    response = acting(SERGEANT, place).post(url("trust_give", place, pk=stranger.pk))

    assert response.status_code == 404
    assert PublishingTrust.objects.count() == 0


def test_trust_is_given_and_ended_in_its_own_neighbourhood():
    trust, by = PublishingTrustFactory(), UserFactory()
    other = trust_publisher(neighbourhood=NeighbourhoodFactory(), user=trust.user, by=by)

    end_trust(neighbourhood=trust.neighbourhood, user=trust.user, by=by)

    assert list(PublishingTrust.objects.all()) == [other]


TYPED = {"from_on": "2 3 2056", "to_on": "8 3 2056", "reason": "An operation."}


@pytest.mark.parametrize("whole", [True, False])
def test_an_inspector_of_the_area_holds_one_place_or_all(place, whole):
    client = acting(INSPECTOR, place.area)

    client.post(url("hold_set", place), TYPED | ({"whole_area": "on"} if whole else {}))

    hold = OperationsHold.objects.get()
    assert (hold.area, hold.neighbourhood) == ((place.area, None) if whole else (None, place))
    assert b"An operation." in client.get(url("hold_set", place)).content
    client.post(url("hold_end", place, pk=hold.pk))
    assert OperationsHold.objects.count() == 0


def test_an_inspector_of_one_place_does_not_touch_the_area(place):
    client = acting(INSPECTOR, place)
    held = OperationsHoldFactory(neighbourhood=None, area=place.area)

    client.post(url("hold_set", place), TYPED | {"whole_area": "on"})

    assert OperationsHold.objects.exclude(pk=held.pk).get().neighbourhood == place
    assert client.post(url("hold_end", place, pk=held.pk)).status_code == 404


def test_a_hold_says_what_is_wrong(place):
    response = acting(INSPECTOR, place).post(
        url("hold_set", place), {"from_on": "8 3 2056", "to_on": "2 3 2056"}
    )

    assert errors_of(response) == {
        "reason": ["Enter the reason"],
        "to_on": ["The last day must not be before the first day"],
    }


def test_a_hold_is_written_down_and_no_public_page_changes(place):
    by = UserFactory(username="insp")
    period = {"from_on": today(), "to_on": today(), "reason": "An operation."}

    hold = hold_operations(over=place, by=by, **period)
    end_hold(hold=hold, by=by)

    assert list(AuditEvent.objects.order_by("pk").values_list("by", "verb", "detail")) == [
        ("insp", "operations.held", {"neighbourhood": place.pk}),
        ("insp", "operations.released", {}),
    ]
    assert Neighbourhood.objects.get(pk=place.pk).stamp == place.stamp
