from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from neighbourhoods.models import Neighbourhood, OutboxEntry
from teams.models import AuditEvent, Member, Notice
from teams.news import contact_unconfirmed, post_vacant
from teams.notifications import look_after_posts
from teams.queries import PostState, member_on, named_officer, team_on
from teams.services.confirming import confirm_route
from tests.factories.neighbourhoods import NeighbourhoodFactory
from tests.factories.teams import (
    ContactRouteFactory,
    MemberFactory,
    NamedContactFactory,
    NoticeFactory,
    PostingFactory,
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
CHECKED = date(2026, 3, 10)


def after(days: int) -> date:
    return CHECKED + timedelta(days=days)


def night(on: date) -> datetime:
    return datetime.combine(on, time(3), tzinfo=ZoneInfo("Europe/London"))


@pytest.fixture
def place():
    return NeighbourhoodFactory(force__id="casterwell", code="thornhay")


@pytest.fixture
def officer(place):
    """Named, with a telephone of their own that worked on CHECKED."""
    member = MemberFactory(force=place.force, name="Oliver Hartsedge")
    posting = PostingFactory(neighbourhood=place, member=member)
    NamedContactFactory(neighbourhood=place, posting=posting)
    ContactRouteFactory(of_member=True, member=member, telephone=True, verified_on=CHECKED)
    look_after_posts(now=night(CHECKED))
    member.refresh_from_db()
    return member


def mails():
    return list(OutboxEntry.objects.order_by("pk").values_list("kind", "to", "language"))


@pytest.mark.parametrize(
    ("days", "state"), [(0, "named"), (28, "named"), (41, "named"), (42, "team"), (46, "team")]
)
def test_at_42_days_the_page_itself_offers_the_team(place, officer, days, state):
    on = after(days)
    shown = state == "named"

    assert named_officer(place, on).state == PostState(state)
    assert [entry.member for entry in team_on(place, on)] == [officer] * shown
    assert bool(member_on(place, officer.pk, on)) == shown


def test_whoever_has_no_details_of_their_own_is_reached_through_the_team(place):
    member = PostingFactory(neighbourhood=place).member
    look_after_posts(now=night(CHECKED))

    assert Member.objects.get(pk=member.pk).is_public(after(1000))


def test_new_details_have_42_days_from_the_night_they_are_found(place, officer):
    officer.contact_routes.all().delete()
    look_after_posts(now=night(after(10)))
    assert Member.objects.get(pk=officer.pk).unconfirmed_from is None
    ContactRouteFactory(of_member=True, member=officer, verified_on=None)
    stamp = Neighbourhood.objects.get(pk=place.pk).stamp

    assert look_after_posts(now=night(after(20))) == "1 begun, 0 mails"

    assert Member.objects.get(pk=officer.pk).unconfirmed_from == after(62)
    assert Neighbourhood.objects.get(pk=place.pk).stamp == stamp + 1
    assert look_after_posts(now=night(after(21))) == "0 begun, 0 mails"


def test_confirm_route_shows_them_again_from_that_day(place, officer):
    route, sergeant = officer.contact_routes.get(), UserFactory(username="beth.arkenside")
    stamp = Neighbourhood.objects.get(pk=place.pk).stamp

    confirm_route(route=route, on=after(46), by=sergeant)

    route.refresh_from_db()
    assert route.verified_on == after(46)
    assert named_officer(place, after(46)).member == officer
    assert named_officer(place, after(46 + 42)).state == PostState.TEAM
    assert Neighbourhood.objects.get(pk=place.pk).stamp == stamp + 1
    event = AuditEvent.objects.get()
    assert (event.by, event.verb, event.detail) == (
        "beth.arkenside",
        "contact_route.confirmed",
        {"kind": "telephone"},
    )


def test_an_earlier_check_changes_nothing(officer):
    confirm_route(route=officer.contact_routes.get(), on=after(-3), by=UserFactory())

    officer.refresh_from_db()
    assert officer.contact_routes.get().verified_on == CHECKED
    assert officer.unconfirmed_from == after(42)


def test_a_route_of_the_team_is_confirmed_too(place):
    route = ContactRouteFactory(neighbourhood=place)
    stamp = place.stamp

    confirm_route(route=route, on=CHECKED, by=UserFactory())

    assert place.contact_routes.get().verified_on == CHECKED
    assert Neighbourhood.objects.get(pk=place.pk).stamp == stamp + 1


@pytest.mark.parametrize(("days", "asked"), [(34, 0), (35, 1), (41, 1), (42, 1)])
def test_the_sergeant_is_asked_at_35_days_and_once(place, officer, days, asked):
    grant(UserFactory(email="beth@example.org", language="cy"), SERGEANT, place)
    grant(UserFactory(), INSPECTOR, place)

    look_after_posts(now=night(after(days)))
    look_after_posts(now=night(after(days) + timedelta(days=1) * asked))

    assert mails() == [("teams.contact_unconfirmed", "beth@example.org", "cy")] * asked


def test_without_a_sergeant_the_inspector_is_asked(place, officer):
    grant(UserFactory(email="ruth@example.org"), INSPECTOR, place)

    look_after_posts(now=night(after(35)))

    assert mails() == [("teams.contact_unconfirmed", "ruth@example.org", "en-gb")]


def test_the_mail_asks_to_check_and_is_not_sent_once_it_was_done(place, officer):
    grant(UserFactory(), SERGEANT, place)
    look_after_posts(now=night(after(35)))
    notice = Notice.objects.get()

    item = contact_unconfirmed(notice.pk, language="en-gb", now=night(after(35)))
    confirm_route(route=officer.contact_routes.get(), on=after(35), by=UserFactory())

    assert item.title == f"Contact details to check: {place.name}"
    assert "From 21 April 2026 on residents are told to contact the team instead." in item.text
    assert "Hartsedge" not in item.text + item.title
    assert item.url == "/staff/areas/casterwell/thornhay/contact/check/"
    assert contact_unconfirmed(notice.pk, language="en-gb", now=night(after(35))) is None


def test_a_vacancy_alerts_the_inspector_once_whoever_made_it(place):
    posting = PostingFactory(neighbourhood=place, to_on=CHECKED)
    NamedContactFactory(neighbourhood=place, posting=posting)
    grant(UserFactory(email="ruth@example.org"), INSPECTOR, place)
    NeighbourhoodFactory(force=place.force)  # nobody was ever named there: no post is vacant

    look_after_posts(now=night(CHECKED))
    assert mails() == []
    look_after_posts(now=night(after(1)))
    NamedContactFactory(neighbourhood=place, vacant=True, from_on=after(5))
    look_after_posts(now=night(after(6)))

    assert mails() == [("teams.post_vacant", "ruth@example.org", "en-gb")]
    assert Notice.objects.get().about_on == after(1)


def test_the_next_vacancy_is_told_again(place):
    NamedContactFactory(neighbourhood=place, vacant=True, from_on=CHECKED)
    grant(UserFactory(), ADMINISTRATOR, place.force)
    look_after_posts(now=night(CHECKED))
    NamedContactFactory(neighbourhood=place, from_on=after(9))
    NamedContactFactory(neighbourhood=place, vacant=True, from_on=after(20))
    OutboxEntry.objects.all().drop(at=night(after(2)))

    look_after_posts(now=night(after(20)))

    assert list(Notice.objects.order_by("pk").values_list("about_on", flat=True)) == [
        CHECKED,
        after(20),
    ]


def test_nobody_to_tell_is_no_fault(place):
    NamedContactFactory(neighbourhood=place, vacant=True, from_on=CHECKED)

    assert look_after_posts(now=night(CHECKED)) == "0 begun, 0 mails"


def test_the_mail_about_a_vacancy_is_not_sent_once_somebody_is_named(place):
    NamedContactFactory(neighbourhood=place, vacant=True, from_on=CHECKED)
    notice = NoticeFactory(neighbourhood=place, about_on=CHECKED)

    item = post_vacant(notice.pk, language="en-gb", now=night(CHECKED))
    NamedContactFactory(neighbourhood=place, from_on=after(1))

    assert item.title == f"No named officer: {place.name}"
    assert "Nobody is the named officer since 10 March 2026." in item.text
    assert post_vacant(notice.pk, language="en-gb", now=night(after(1))) is None


def test_whoever_has_left_is_not_written_to(place):
    NamedContactFactory(neighbourhood=place, vacant=True, from_on=CHECKED)
    notice = NoticeFactory(neighbourhood=place, user__left=True)

    assert post_vacant(notice.pk, language="en-gb", now=night(CHECKED)) is None


def test_one_matter_is_told_once_to_each():
    notice = NoticeFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        NoticeFactory(neighbourhood=notice.neighbourhood, user=notice.user)


def url(name, place, **more):
    return reverse(f"teams:{name}", kwargs=place.url_kwargs | more)


@pytest.fixture
def due(place):
    """Somebody whose telephone was last checked 46 days ago."""
    posting = PostingFactory(neighbourhood=place, member__name="Oliver Hartsedge")
    return ContactRouteFactory(
        of_member=True, member=posting.member, telephone=True, verified_on=today(-46)
    )


def test_one_press_says_that_it_works(place, due):
    look_after_posts(now=night(today()))
    sergeant = account(SERGEANT, place)
    client = client_of(sergeant)
    assert f'href="{url("contact_check", place)}"' in client.get("/staff/").content.decode()
    page = client.get(url("contact_check", place)).content.decode()
    assert "I have called 01632 960 123: it works" in page
    assert "Not named to residents" in page
    assert "Hartsedge" not in client.get("/areas/casterwell/thornhay/team/").content.decode()

    response = client.post(url("contact_confirm", place, pk=due.pk), follow=True)

    assert "Thank you. The page says that it was checked today." in response.content.decode()
    assert "Hartsedge" in client.get("/areas/casterwell/thornhay/team/").content.decode()
    assert f'href="{url("contact_check", place)}"' not in client.get("/staff/").content.decode()


def test_other_details_and_those_of_the_team_are_used_not_called(place):
    ContactRouteFactory(neighbourhood=place, verified_on=None)

    page = acting(OFFICER, place).get(url("contact_check", place)).content.decode()

    assert "I have used team@example.org: it works" in page
    assert "Never checked" in page


def test_no_details_at_all(place):
    page = acting(OFFICER, place).get(url("contact_check", place)).content.decode()

    assert "No way to reach the team is shown yet." in page


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_asks_the_same_questions_whatever_there_is(place, rows, django_assert_num_queries):
    for _row in range(rows):
        member = PostingFactory(neighbourhood=place).member
        ContactRouteFactory(of_member=True, member=member)
    client = acting(SERGEANT, place)
    client.get(url("contact_check", place))

    with django_assert_num_queries(QUERIES):
        client.get(url("contact_check", place))


QUERIES = 6


def test_who_may_not(place, due):
    path = url("contact_confirm", place, pk=due.pk)
    outsider = acting(SERGEANT, NeighbourhoodFactory(force=place.force))

    assert outsider.post(path).status_code == 404
    assert outsider.get(url("contact_check", place)).status_code == 404
    sergeant = acting(SERGEANT, place)
    assert sergeant.get(path).status_code == 405
    elsewhere = ContactRouteFactory()
    assert sergeant.post(url("contact_confirm", place, pk=elsewhere.pk)).status_code == 404
    assert acting(ADMINISTRATOR, place.force).get(url("contact_check", place)).status_code == 200
