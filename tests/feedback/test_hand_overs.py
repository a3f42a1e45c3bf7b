from datetime import date, datetime, timedelta
from functools import partial

import pytest
from django.urls import reverse
from django.utils import timezone

from feedback.clock import Kind
from feedback.models import PostHandOver
from feedback.queries import TakenOver, hand_overs_at, taken_over, taker_of
from feedback.services.handing_over import NothingToTakeOver, NotTheirPost, take_over
from neighbourhoods.clock import london_instant
from neighbourhoods.models import Neighbourhood
from teams.models import AuditEvent
from teams.queries import named_officer
from tests.factories.feedback import ClockEventFactory, MessageFactory, PostHandOverFactory
from tests.factories.neighbourhoods import NeighbourhoodFactory
from tests.factories.priorities import ActionFactory, PriorityFactory
from tests.factories.teams import (
    CoverFactory,
    MemberFactory,
    NamedContactFactory,
    PostingFactory,
    UserFactory,
)
from tests.racing import on_postgresql, race
from tests.teams.acting import ADMINISTRATOR, INSPECTOR, OFFICER, acting, client_of, grant, today

pytestmark = pytest.mark.django_db
CHANGED = date(2026, 3, 2)
NOW = datetime(2026, 3, 10, 12, tzinfo=london_instant(CHANGED).tzinfo)
BEFORE, AFTER = london_instant(CHANGED) - timedelta(minutes=1), london_instant(CHANGED)


@pytest.fixture
def place():
    return NeighbourhoodFactory(force__id="casterwell", code="fennimore")


def named(place, from_on, to_on=None, **account):
    member = MemberFactory(force=place.force, **account)
    posting = PostingFactory(neighbourhood=place, member=member, to_on=to_on)
    NamedContactFactory(neighbourhood=place, posting=posting, from_on=from_on)
    return member


@pytest.fixture
def successor(place):
    """The post is theirs since CHANGED; it was somebody else's before."""
    named(place, date(2023, 5, 8), name="Lena Corbray")
    return named(place, CHANGED, name="Tom Rackstraw", user=UserFactory(enrolled=True))


@pytest.fixture
def left_open(place):
    """Priority, action and message from before the change, and each once more from after it."""
    priority = PriorityFactory(neighbourhood=place, adopted_on=CHANGED - timedelta(days=1))
    PriorityFactory(neighbourhood=place, adopted_on=CHANGED, place=2)
    action = ActionFactory(priority=priority, added_at=BEFORE)
    ActionFactory(priority=priority, added_at=AFTER)
    ActionFactory(priority=priority, added_at=BEFORE, done=True)
    message = MessageFactory(neighbourhood=place, received_at=BEFORE)
    MessageFactory(neighbourhood=place, received_at=AFTER)
    answered = MessageFactory(neighbourhood=place, received_at=BEFORE)
    ClockEventFactory(message=answered, kind=Kind.ANSWERED, at=AFTER)
    return [f"priority-{priority.pk}", f"action-{action.pk}", f"message-{message.pk}"]


def waiting(place, now=NOW):
    return [item.key for found in hand_overs_at([place], now) for item in found.waiting]


def test_what_was_open_when_the_post_changed_hands_waits(place, successor, left_open):
    (found,) = hand_overs_at([place], NOW)

    assert [item.key for item in found.waiting] == left_open
    assert (found.takers, found.taken, found.post.since) == ((successor,), [], CHANGED)


def test_nothing_waits_where_the_post_never_changed_hands(place, left_open):
    named(place, date(2023, 5, 8))

    assert hand_overs_at([place], NOW) == []


def test_in_a_vacancy_it_waits_for_whoever_covers(place, left_open):
    named(place, date(2023, 5, 8))
    NamedContactFactory(neighbourhood=place, vacant=True, from_on=CHANGED)
    cover = CoverFactory(neighbourhood=place)

    (found,) = hand_overs_at([place], NOW)

    assert found.takers == (cover.member,)
    assert [item.key for item in found.waiting] == left_open


def test_an_inspector_takes_over_where_there_is_nobody_else(place, left_open):
    named(place, date(2023, 5, 8))
    NamedContactFactory(neighbourhood=place, vacant=True, from_on=CHANGED)
    inspector = MemberFactory(force=place.force, inspector=True, with_account=True)
    grant(inspector.user, INSPECTOR, place)

    take_over(neighbourhood=place, by=inspector.user, now=NOW)

    assert waiting(place) == []


def test_take_over_everything(place, successor, left_open):
    stamp = place.stamp

    taken = take_over(neighbourhood=place, by=successor.user, now=NOW)

    assert [item.key for item in taken] == left_open
    assert waiting(place) == []
    assert [item.taken_by for item in hand_overs_at([place], NOW)[0].taken] == [successor] * 3
    assert Neighbourhood.objects.get(pk=place.pk).stamp == stamp + 1
    assert list(AuditEvent.objects.order_by("pk").values_list("by", "verb", "subject_type")) == [
        (successor.user.username, "post.taken_over", subject)
        for subject in ("priorities.priority", "priorities.action", "feedback.message")
    ]
    assert AuditEvent.objects.first().detail == {
        "neighbourhood": place.pk,
        "changed_on": "2026-03-02",
    }


def test_take_over_one_thing_and_not_twice(place, successor, left_open):
    take_over(neighbourhood=place, by=successor.user, now=NOW, key=left_open[1])

    assert waiting(place) == [left_open[0], left_open[2]]
    with pytest.raises(NothingToTakeOver, match="meanwhile"):
        take_over(neighbourhood=place, by=successor.user, now=NOW, key=left_open[1])


def test_nothing_to_take_over_where_no_post_changed_hands(place):
    with pytest.raises(NothingToTakeOver):
        take_over(neighbourhood=place, by=UserFactory(), now=NOW)


def test_nobody_else_takes_a_post_over(place, successor, left_open):
    with pytest.raises(NotTheirPost, match="Only whoever looks after"):
        take_over(neighbourhood=place, by=UserFactory(), now=NOW)

    assert waiting(place) == left_open
    assert not AuditEvent.objects.exists()


def test_what_a_cover_had_waits_again_when_the_cover_ends(place, left_open):
    named(place, date(2023, 5, 8))
    NamedContactFactory(neighbourhood=place, vacant=True, from_on=CHANGED)
    account = UserFactory()
    cover = CoverFactory(neighbourhood=place, member__user=account, to_on=date(2026, 3, 12))
    later = CoverFactory(
        neighbourhood=place,
        from_on=date(2026, 3, 13),
        member=MemberFactory(force=place.force, with_account=True),
    )
    take_over(neighbourhood=place, by=account, now=NOW)
    in_a_week = NOW + timedelta(days=7)

    assert (waiting(place), waiting(place, in_a_week)) == ([], left_open)
    take_over(neighbourhood=place, by=later.member.user, now=in_a_week)
    assert waiting(place, in_a_week) == []
    assert set(PostHandOver.objects.values_list("member", flat=True)) == {later.member.pk}
    assert cover.member.hand_overs.count() == 0


def test_the_next_successor_takes_over_anew(place, successor, left_open):
    take_over(neighbourhood=place, by=successor.user, now=NOW)
    third = named(place, date(2026, 3, 20), with_account=True)

    later = datetime(2026, 3, 21, 12, tzinfo=NOW.tzinfo)

    assert set(left_open) < set(waiting(place, later))
    assert hand_overs_at([place], later)[0].takers == (third,)


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_presses_at_once_one_takes_it_over(place, successor, left_open):
    press = partial(take_over, neighbourhood=place, by=successor.user, now=NOW)
    first, second = race(press, press, at=Neighbourhood.objects.filter(pk=place.pk))

    assert {type(first), type(second)} == {list, NothingToTakeOver}


def test_residents_are_told_who_has_it_while_they_look_after_the_place(place, successor):
    priority = PriorityFactory(neighbourhood=place)
    PostHandOverFactory(priority=priority, changed_on=CHANGED, member=successor)
    gone = PostHandOverFactory(changed_on=CHANGED, priority__neighbourhood=place, priority__place=2)
    before = PostHandOverFactory(
        changed_on=date(2023, 5, 8),
        member=successor,
        priority__neighbourhood=place,
        priority__place=3,
    )

    assert taken_over(place, named_officer(place, NOW.date())) == {
        priority.pk: TakenOver(successor, date(2026, 3, 3))
    }
    nobody = named_officer(NeighbourhoodFactory(), NOW.date())
    assert taken_over(place, nobody) == {}
    assert (gone.priority.state, before.priority.state) == ("LIVE", "LIVE")


@pytest.mark.parametrize("places", [1, 3])
def test_eleven_queries_however_many_places(places, django_assert_num_queries):
    asked = [NeighbourhoodFactory(in_area=True) for _place in range(places)]
    for number, there in enumerate(asked):
        named(there, date(2023, 5, 8))
        successor = named(there, CHANGED)
        for _row in range(number + 1):
            ActionFactory(
                priority=PriorityFactory(
                    neighbourhood=there, adopted_on=date(2026, 1, 1), place=_row + 1
                ),
                added_at=BEFORE,
            )
            message = MessageFactory(neighbourhood=there, received_at=BEFORE)
            PostHandOverFactory(
                message=message, priority=None, member=successor, changed_on=CHANGED
            )

    with django_assert_num_queries(11):
        found = hand_overs_at(asked, NOW)

    assert [(len(h.waiting), len(h.taken)) for h in found] == [
        (2 * n + 2, n + 1) for n in range(places)
    ]


@pytest.fixture
def now_open(place):
    """A post that changed hands yesterday, with a priority from before and its new officer."""
    named(place, today(-400), today(-2), name="Lena Corbray")
    member = named(place, today(-1), name="Tom Rackstraw", user=UserFactory(enrolled=True))
    grant(member.user, OFFICER, place)
    return PriorityFactory(neighbourhood=place, adopted_on=today(-90)), member


def url(name, place):
    return reverse(f"feedback:{name}", kwargs=place.url_kwargs)


def test_the_successor_finds_it_on_the_staff_home_and_takes_it_over(place, now_open):
    priority, member = now_open
    client = client_of(member.user)
    home = client.get("/staff/").content.decode()
    assert f'href="{url("hand_over_detail", place)}"' in home
    page = client.get(url("hand_over_detail", place)).content.decode()
    assert "PC Tom Rackstraw answers today for everything that is open here." in page
    assert f'value="priority-{priority.pk}"' in page

    response = client.post(url("hand_over_accept", place), follow=True)

    page = response.content.decode()
    assert "You have taken over one thing." in page
    assert "PC Tom Rackstraw has it now." in page
    assert url("hand_over_detail", place) not in client.get("/staff/").content.decode()
    public = client.get("/areas/casterwell/fennimore/").content.decode()
    assert (
        f"PC Tom Rackstraw took this over on {today():%-d %B %Y} from the officer who left."
        in public
    )
    assert "Corbray" not in public + page


def test_whose_post_it_is_not_reads_the_page_and_is_refused(place, now_open):
    client = acting(INSPECTOR, place)
    page = client.get(url("hand_over_detail", place)).content.decode()
    assert "Only whoever looks after this area today can take these over." in page
    assert '<button type="submit" class="govuk-button"' not in page

    response = client.post(url("hand_over_accept", place), {"item": "all"}, follow=True)
    assert "meanwhile" in response.content.decode()
    response = client.post(url("hand_over_accept", place), follow=True)
    assert "Only whoever looks after this area today" in response.content.decode()
    assert not PostHandOver.objects.exists()


def test_nothing_left_open(place):
    page = acting(OFFICER, place).get(url("hand_over_detail", place)).content.decode()

    assert "Nothing is open here from before the post last changed hands." in page
    assert "Nobody looks after this area today" in page


def test_the_writer_of_a_message_reads_who_has_it(place, now_open):
    _priority, member = now_open
    at = timezone.now() - timedelta(hours=60)
    message = MessageFactory(neighbourhood=place, received_at=at)
    PostHandOverFactory(message=message, priority=None, member=member, changed_on=today(-1))

    assert taker_of(message, named_officer(place, today())) == TakenOver(member, date(2026, 3, 3))
    nobody = named_officer(NeighbourhoodFactory(), today())
    assert taker_of(message, nobody) is None


@pytest.mark.parametrize("name", ["hand_over_detail", "hand_over_accept"])
def test_outsiders_and_roles_without_it(place, now_open, name):
    def status(client):
        method = client.get if name == "hand_over_detail" else client.post
        return method(url(name, place)).status_code

    assert status(acting(OFFICER, NeighbourhoodFactory(force=place.force))) == 404
    assert status(acting(ADMINISTRATOR, place.force)) == 403


def test_taking_over_needs_a_post(place, now_open):
    _priority, member = now_open

    assert client_of(member.user).get(url("hand_over_accept", place)).status_code == 405
