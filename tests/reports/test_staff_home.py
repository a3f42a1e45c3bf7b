from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from feedback.clock import Kind
from neighbourhoods.clock import london_date
from reports.queries import staff_home_of
from reports.queries.waiting import Urgency
from tests.factories.feedback import ClockEventFactory, MessageFactory
from tests.factories.neighbourhoods import NeighbourhoodFactory
from tests.factories.reports import BulletinFactory
from tests.factories.teams import (
    CoverFactory,
    EventFactory,
    MemberFactory,
    NamedContactFactory,
    PatrolUpdateFactory,
    PostingFactory,
    PromiseFactory,
    RoleGrantFactory,
    RoleRequestFactory,
    UnhidingFactory,
    UserFactory,
)
from tests.teams.acting import (
    ADMINISTRATOR,
    INSPECTOR,
    OFFICER,
    SERGEANT,
    account,
    acting,
    client_of,
    grant,
    today,
)

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
NOW, SOON, NEXT = Urgency
LEAD, TRANSLATOR, COMMUNICATIONS = "officer_safety_lead", "translator", "communications"


@pytest.fixture
def place():
    """A place whose named officer is a police officer, so that it wants nobody."""
    place = NeighbourhoodFactory(
        force__id="casterwell", force__name="Casterwell", code="harkstow", in_area=True
    )
    NamedContactFactory(neighbourhood=place)
    return place


def received(place, hours_ago, **events):
    at = timezone.now() - hours_ago * HOUR
    message = MessageFactory(neighbourhood=place, received_at=at)
    for kind, after in events.items():
        ClockEventFactory(message=message, kind=kind.upper(), at=at + after * HOUR)
    return message


def home_of(user):
    """The home of ``user``, but for roll-calls: no place of these tests has duties."""
    home = whole_home_of(user)
    return replace(home, waiting=[item for item in home.waiting if item.kind != "roll_call"])


def whole_home_of(user):
    now = timezone.now()
    return staff_home_of(user, on=london_date(now), now=now, language="en-gb")


def waiting(user):
    return [(item.kind, item.urgency, item.place.name) for item in home_of(user).waiting]


def urls(user):
    return [item.url for item in home_of(user).waiting]


def at(name, place, **more):
    return reverse(name, kwargs={**place.url_kwargs, **more})


# Messages -----------------------------------------------------------------------------------


def test_messages_wait_most_urgent_first(place):
    fresh, late, warned, again = (received(place, hours) for hours in (1, 73, 49, 67))
    received(place, 73, answered=1)
    received(NeighbourhoodFactory(force=place.force), 73)

    found = home_of(account(OFFICER, place)).waiting

    assert [(item.url, item.urgency, item.colour) for item in found] == [
        (at("feedback:message_detail", place, pk=message.pk), urgency, colour)
        for message, urgency, colour in [
            (late, NOW, "red"),
            (again, NOW, "red"),
            (warned, SOON, "orange"),
            (fresh, NEXT, "yellow"),
        ]
    ]


def test_what_waits_for_the_resident_does_not_wait_for_the_team_unless_it_is_late(place):
    received(place, 10, paused=1)
    late = received(place, 100, paused=80)

    assert urls(account(SERGEANT, place)) == [at("feedback:message_detail", place, pk=late.pk)]


@pytest.mark.parametrize("role", [ADMINISTRATOR, LEAD, TRANSLATOR, COMMUNICATIONS])
def test_who_reads_no_messages_is_told_of_none(place, role):
    received(place, 73)

    assert urls(account(role, place.force)) == []


def test_a_late_message_stands_first_and_nothing_of_it_is_read(place):
    message = received(place, 73)

    page = acting(SERGEANT, place).get("/staff/").content.decode()

    assert f'href="/staff/areas/casterwell/harkstow/messages/{message.pk}/"' in page
    assert 'govuk-tag--red">Late<' in page
    assert "Nothing waits for you." not in page
    assert message.text not in page
    assert message.clock_events.get().kind == Kind.RECEIVED


# Posts and people ---------------------------------------------------------------------------


def test_a_vacancy_waits_for_the_inspector_now(place):
    vacant = NeighbourhoodFactory(force=place.force, area=place.area)

    assert waiting(account(INSPECTOR, place.area)) == [("vacancy", NOW, vacant.name)]
    assert waiting(account(SERGEANT, vacant)) == []


def test_contact_details_wait_from_day_35_and_are_urgent_from_day_42(place):
    gone = NeighbourhoodFactory(force=place.force, area=place.area, name="Gone")
    NamedContactFactory(neighbourhood=gone)
    for where, days in ((place, 7), (place, 3), (gone, 0), (gone, 40)):
        member = MemberFactory(force=place.force, unconfirmed_from=today(days))
        PostingFactory(neighbourhood=where, member=member)

    found = home_of(account(INSPECTOR, place.area)).waiting

    assert [(item.place, item.urgency, item.tag) for item in found] == [
        (gone, NOW, "Not shown to residents"),
        (place, SOON, "Contact details to check"),
    ]


def test_a_hand_over_waits_for_whoever_has_the_post():
    place = NeighbourhoodFactory()
    successor = MemberFactory(force=place.force, with_account=True)
    before, after = (
        PostingFactory(neighbourhood=place, member__force=place.force),
        PostingFactory(neighbourhood=place, member=successor),
    )
    NamedContactFactory(neighbourhood=place, posting=before, from_on=today(-300))
    received(place, 100)
    NamedContactFactory(neighbourhood=place, posting=after, from_on=today(-2))
    grant(successor.user, OFFICER, place)

    found = home_of(successor.user).waiting

    assert [(item.kind, item.urgency) for item in found] == [("message", NOW), ("hand_over", SOON)]
    assert found[1].tag == "1 thing waits"


@pytest.mark.parametrize("kind", ["served", "covered"])
def test_showing_a_name_again_waits_for_a_second_inspector_or_the_lead(place, kind):
    first, second = (account(INSPECTOR, place.area) for _ in range(2))
    lead, member = account(LEAD, place.force), MemberFactory(force=place.force, hidden=True)
    (PostingFactory if kind == "served" else CoverFactory)(neighbourhood=place, member=member)
    UnhidingFactory(member=member, asked_by=first)

    assert [waiting(user) for user in (first, second, lead)] == [
        [],
        [("unhiding", SOON, place.name)],
        [("unhiding", SOON, "Casterwell")],
    ]
    assert urls(lead) == ["/staff/forces/casterwell/safety/"]


def test_whoever_is_hidden_is_not_asked_about_themselves(place):
    lead = account(LEAD, place.force)
    UnhidingFactory(member=MemberFactory(force=place.force, user=lead, hidden=True))

    assert waiting(lead) == []


def test_a_role_waits_for_another_administrator(place):
    asker, beneficiary, other = (account(ADMINISTRATOR, place.force) for _ in range(3))
    asked = {"asked_by": asker, "asked_at": timezone.now()}
    RoleRequestFactory(neighbourhood=place, user=beneficiary, **asked)
    RoleRequestFactory(neighbourhood=None, area=place.area, **asked)

    assert [waiting(user) for user in (asker, beneficiary, other)] == [
        [],
        [("role_request", SOON, "Casterwell")],
        [("role_request", SOON, "Casterwell")],
    ]
    assert home_of(beneficiary).waiting[0].text == "1 role to confirm"
    assert home_of(other).waiting[0].text == "2 roles to confirm"


def test_a_roll_that_nobody_called_today_waits_for_the_sergeant(place):
    (item,) = whole_home_of(account(SERGEANT, place)).waiting

    assert (item.kind, item.urgency, item.url) == (
        "roll_call",
        SOON,
        at("teams:roll_call", place),
    )
    assert whole_home_of(account(OFFICER, place)).waiting == []


# Updates ------------------------------------------------------------------------------------


def test_drafts_of_others_wait_an_emergency_now(place):
    user = account(SERGEANT, place)
    PatrolUpdateFactory(neighbourhood=place, written_by=user)
    patrol = PatrolUpdateFactory(neighbourhood=place)
    appeal = PatrolUpdateFactory(neighbourhood=place, appeal=True)
    emergency = PatrolUpdateFactory(neighbourhood=place, emergency=True)

    assert urls(user) == [
        at("teams:update_preview", place, pk=update.pk) for update in (emergency, appeal, patrol)
    ]


def test_an_appeal_that_ends_within_two_days_is_told_of(place):
    for days in (-1, 0, 2, 3):
        PatrolUpdateFactory(
            neighbourhood=place,
            appeal=True,
            published=True,
            published_at=timezone.now() - timedelta(days=5),
            ends_on=today(days),
        )

    found = home_of(account(SERGEANT, place)).waiting

    assert [(item.kind, item.urgency) for item in found] == [("appeal", SOON)] * 2
    assert found[0].tag.startswith("Appeal ends on")


def test_texts_without_their_welsh_wait_for_the_translator(place):
    place.force.welsh = True
    place.force.save()
    translator = account(TRANSLATOR, place.force)
    PatrolUpdateFactory(neighbourhood=place)

    assert waiting(translator) == [("translation", NEXT, "Casterwell")]

    EventFactory(neighbourhood=place)
    (item,) = home_of(translator).waiting
    assert (item.urgency, item.text, item.url) == (
        SOON,
        "2 texts without their Welsh",
        "/staff/forces/casterwell/translations/",
    )


# The page -----------------------------------------------------------------------------------


def test_nothing_waits(place):
    page = acting(OFFICER, place).get("/staff/").content.decode()

    assert "Nothing waits for you." in page
    assert "You have no role yet." not in page


def test_an_account_without_a_role_is_told_whom_to_ask():
    page = client_of(UserFactory(enrolled=True)).get("/staff/").content.decode()

    assert "You have no role yet. Ask your force administrator." in page


def test_a_role_that_is_lent_says_until_when(place):
    user = account(OFFICER, place)
    RoleGrantFactory(user=user, neighbourhood=place, lent=True, from_on=today(-13))

    page = client_of(user).get("/staff/").content.decode()

    assert f"You hold the sergeant’s role in {place.name} until" in page


PAGES = {
    "people": {ADMINISTRATOR},
    "people/role-requests": {ADMINISTRATOR},
    "boundaries": {ADMINISTRATOR},
    "coverage": {ADMINISTRATOR},
    "safety": {ADMINISTRATOR, LEAD},
    "audit": {ADMINISTRATOR, LEAD},
    "translations": {TRANSLATOR},
    "share": {COMMUNICATIONS},
}


@pytest.mark.parametrize("role", [ADMINISTRATOR, LEAD, TRANSLATOR, COMMUNICATIONS])
def test_each_role_of_a_force_finds_its_pages_and_no_others(place, role):
    client = acting(role, place.force)

    page = client.get("/staff/").content.decode()

    paths = {name: f"/staff/forces/casterwell/{name}/" for name in PAGES}
    assert {name for name, path in paths.items() if f'"{path}"' in page} == {
        name for name, roles in PAGES.items() if role in roles
    }
    assert "You have no role yet." not in page


def busy(place):
    """Something of every kind in a place."""
    received(place, 1)
    PatrolUpdateFactory(neighbourhood=place)
    PatrolUpdateFactory(
        neighbourhood=place,
        appeal=True,
        published=True,
        published_at=timezone.now(),
        ends_on=today(1),
    )
    hidden = MemberFactory(force=place.force, hidden=True, unconfirmed_from=today())
    PostingFactory(neighbourhood=place, member=hidden)
    UnhidingFactory(member=hidden)
    BulletinFactory(neighbourhood=place, submitted=True)
    EventFactory(neighbourhood=place, starts_at=timezone.now() - timedelta(days=1))
    PromiseFactory(event__neighbourhood=place)


@pytest.mark.parametrize("places", [1, 30])
def test_the_same_queries_whatever_the_number_of_neighbourhoods(
    place, places, django_assert_num_queries
):
    user = account(INSPECTOR, place.area)
    around = [NeighbourhoodFactory(force=place.force, area=place.area) for _ in range(places - 1)]
    for where in (place, *around):
        busy(where)

    with django_assert_num_queries(25):
        home = home_of(user)

    kinds = {"message", "update", "appeal", "unhiding", "contact", "bulletin", "event", "promise"}
    kinds |= {"vacancy"} if places > 1 else set()
    assert {item.kind for item in home.waiting} == kinds
    assert len(home.neighbourhoods) == places


@pytest.mark.parametrize("rows", [1, 3])
def test_an_administrator_of_one_force(place, rows, django_assert_num_queries):
    user = account(ADMINISTRATOR, place.force)
    for _ in range(rows):
        RoleRequestFactory(neighbourhood=place, asked_at=timezone.now())

    with django_assert_num_queries(24):
        assert len(home_of(user).waiting) == 1
