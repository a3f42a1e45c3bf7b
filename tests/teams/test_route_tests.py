from datetime import timedelta

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.utils import timezone

from neighbourhoods.models import OutboxEntry, Token
from neighbourhoods.notifications import send_due
from neighbourhoods.tokens import make_token
from teams.models import AuditEvent, ContactRoute
from teams.news import ROUTE_TEST, route_test
from teams.notifications import look_after_posts, send_route_tests
from teams.services import confirming
from tests.factories.neighbourhoods import NeighbourhoodFactory
from tests.factories.teams import ContactRouteFactory, MemberFactory, PostingFactory, UserFactory
from tests.teams.acting import today

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
PAGE = "/contact-test/"


@pytest.fixture
def route():
    """The address of somebody in a team, found to work 21 days ago."""
    place = NeighbourhoodFactory(force__id="casterwell", code="thornhay")
    account = UserFactory(language="cy")
    member = PostingFactory(
        neighbourhood=place, member=MemberFactory(force=place.force, user=account)
    ).member
    return ContactRouteFactory(
        of_member=True, member=member, value="own@example.org", verified_on=today(-21)
    )


def posted():
    return list(OutboxEntry.objects.order_by("pk").values_list("kind", "object_id", "language"))


def opened(route) -> Client:
    """A client that has followed the link in the message."""
    now = timezone.now()
    send_route_tests(now=now)
    send_due(now=now)
    entry, client = OutboxEntry.objects.get(kind=ROUTE_TEST, object_id=route.pk), Client()
    token = make_token(settings.SECRET_KEY, ROUTE_TEST, entry.pk)
    assert token in mail.outbox[-1].body
    assert client.get(f"{PAGE}{token}/", follow=True).status_code == 200
    return client


def test_an_address_is_tested_21_days_after_it_worked(route):
    now = timezone.now()

    assert send_route_tests(now=now - DAY) == "0 test messages"
    assert send_route_tests(now=now) == "1 test messages"
    assert send_route_tests(now=now) == "0 test messages"
    assert posted() == [(ROUTE_TEST, route.pk, "cy")]


def test_one_that_does_not_come_back_is_sent_again_after_a_week(route):
    now = timezone.now()
    send_route_tests(now=now)
    send_due(now=now)

    assert send_route_tests(now=now + 6 * DAY) == "0 test messages"
    assert send_route_tests(now=now + 7 * DAY) == "1 test messages"


def test_addresses_of_teams_are_tested_and_nothing_but_addresses(route):
    team = ContactRouteFactory(verified_on=None)
    ContactRouteFactory(neighbourhood=team.neighbourhood, telephone=True, verified_on=None)
    ContactRouteFactory(of_member=True, verified_on=None)  # in no team
    ContactRouteFactory(neighbourhood__ended_on=today(-1), verified_on=None)

    assert send_route_tests(now=timezone.now()) == "2 test messages"
    assert posted() == [(ROUTE_TEST, route.pk, "cy"), (ROUTE_TEST, team.pk, "en-gb")]


def test_the_message_names_nobody_and_is_not_sent_once_the_address_is_gone(route):
    item = route_test(route.pk, language="en-gb", now=timezone.now())

    assert (item.url, item.purpose, item.link_lives) == (PAGE, ROUTE_TEST, 28 * DAY)
    assert route.value not in item.title + item.text + item.url
    route.delete()
    assert route_test(route.pk, language="en-gb", now=timezone.now()) is None


def test_one_press_on_the_page_of_the_link_proves_it(route):
    look_after_posts(now=timezone.now())
    client = opened(route)
    assert ContactRoute.objects.get(pk=route.pk).verified_on == today(-21)

    page = client.post(PAGE).content.decode()

    assert "Thank you: this address works" in page
    route.refresh_from_db()
    assert route.verified_on == today()
    assert route.member.unconfirmed_from == today(42)
    assert list(AuditEvent.objects.values_list("by", "verb")) == [
        ("(test message)", "contact_route.confirmed")
    ]
    assert client.post(PAGE).status_code == client.get(PAGE).status_code == 410


@pytest.mark.parametrize(("days", "works"), [(27, True), (28, False)])
def test_it_has_to_come_back_within_28_days(route, days, works):
    opened(route)
    token = Token.objects.get()
    Token.objects.update(begins_at=token.begins_at - days * DAY)
    Token.objects.update(expires_at=token.begins_at + (28 - days) * DAY)
    secret = make_token(settings.SECRET_KEY, ROUTE_TEST, OutboxEntry.objects.get().pk)

    if works:
        assert confirming.answer_test(token=secret, now=timezone.now()) == route
    else:
        with pytest.raises(confirming.RouteTestNotUsable, match="expired"):
            confirming.answer_test(token=secret, now=timezone.now())


def test_of_two_presses_one_counts(route, monkeypatch):
    opened(route)
    secret = make_token(settings.SECRET_KEY, ROUTE_TEST, OutboxEntry.objects.get().pk)
    monkeypatch.setattr(confirming, "find_tested", _used_meanwhile(confirming.find_tested))

    with pytest.raises(confirming.RouteTestNotUsable):
        confirming.answer_test(token=secret, now=timezone.now())


def _used_meanwhile(find):
    def found(**which):
        route = find(**which)
        Token.objects.update(used_at=which["now"])
        return route

    return found


def test_a_link_that_never_was_leads_nowhere(client):
    assert client.get(PAGE).status_code == 410
    response = client.get(f"{PAGE}something/")
    assert (response.status_code, response["Referrer-Policy"]) == (302, "no-referrer")
    assert client.get(PAGE).status_code == 410
