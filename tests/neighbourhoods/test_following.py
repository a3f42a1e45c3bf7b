"""Asking to follow, confirming and leaving, as services."""

from datetime import timedelta

import pytest

from neighbourhoods.models import Follower, Following, OutboxEntry, Token
from neighbourhoods.notifications import CONFIRM_FOLLOW, LEAVE, send_due
from neighbourhoods.services import (
    LinkNotUsable,
    ask_to_follow,
    confirm_following,
    find_following,
    leave,
)
from neighbourhoods.tokens import token_digest
from tests.factories.neighbourhoods import (
    FollowerFactory,
    FollowingFactory,
    NeighbourhoodFactory,
    OutboxEntryFactory,
    TokenFactory,
)
from tests.processes import together
from tests.racing import on_postgresql, race

pytestmark = pytest.mark.django_db
ADDRESS = "ana.reed@example.org"
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
State = OutboxEntry.State


@pytest.fixture
def place():
    return NeighbourhoodFactory(name="Harkstow Estate", name_cy="Ystad Harkstow")


def ask(place, now, *, email=ADDRESS, topics=("updates",), language="en-gb", postcode=""):
    return ask_to_follow(
        neighbourhood=place,
        email=email,
        topics=list(topics),
        language=language,
        now=now,
        postcode=postcode,
    )


def link(purpose, row, now, **dates) -> str:
    """A secret that leads to ``row``."""
    token = f"{purpose} {row.pk}"
    times = {"begins_at": now, "expires_at": now + 3 * DAY} | dates
    TokenFactory(sha256=token_digest(token), purpose=purpose, object_id=row.pk, **times)
    return token


def mails():
    return list(
        OutboxEntry.objects.order_by("pk").values_list("kind", "to", "language", "follower__email")
    )


# Asking


def test_asking_posts_a_mail_and_confirms_nothing(place, now):
    ask(place, now, topics=["updates", "events"], language="cy")

    [following] = Following.objects.all()
    assert (following.neighbourhood, following.topics) == (place, ["updates", "events"])
    assert following.confirmed_at is None
    assert Follower.objects.values_list("email", "language", "postcode", "asked_at").get() == (
        ADDRESS,
        "cy",
        "",
        now,
    )
    assert mails() == [(CONFIRM_FOLLOW, ADDRESS, "cy", ADDRESS)]
    assert OutboxEntry.objects.get().object_id == following.pk


def test_asking_again_in_other_letters_is_the_same_follower_with_the_last_topics(place, now):
    ask(place, now)
    ask(place, now + DAY, email=ADDRESS.upper(), topics=["bulletins"])

    assert Follower.objects.values_list("email", "asked_at").get() == (ADDRESS, now + DAY)
    assert Following.objects.get().topics == ["bulletins"]


def test_who_types_the_address_of_a_follower_changes_nothing_of_theirs(place, now):
    following = FollowingFactory(
        neighbourhood=place, follower__email=ADDRESS, follower__language="cy", confirmed=True
    )

    ask(place, now, topics=["priorities"], language="en-gb")
    ask(NeighbourhoodFactory(), now + DAY)

    following.refresh_from_db()
    assert (following.topics, following.follower.language) == (["updates"], "cy")
    assert list(Following.objects.confirmed()) == [following]


def test_a_postcode_waits_for_its_owner_to_confirm(place, now):
    ask(place, now, postcode="WQ25HD")
    following = Following.objects.get()
    assert (following.asked_postcode, following.follower.postcode) == ("WQ25HD", "")

    press(following, now)

    following.refresh_from_db()
    assert (following.asked_postcode, following.follower.postcode) == ("", "WQ25HD")


def test_a_stranger_does_not_change_the_postcode_of_a_follower(place, now):
    following = FollowingFactory(
        neighbourhood=place, follower__email=ADDRESS, follower__postcode="WQ25HD", confirmed=True
    )
    follower = following.follower

    ask(place, now, postcode="WQ11AA")
    ask(NeighbourhoodFactory(), now + DAY, postcode="WQ11AA")
    follower.refresh_from_db()
    assert follower.postcode == "WQ25HD"

    ask(place, now + DAY)  # the last word holds, and it is none
    press(following, now)
    follower.refresh_from_db()
    assert follower.postcode == "WQ25HD"


def test_who_moves_house_gives_the_new_postcode_and_confirms_it(place, now):
    following = FollowingFactory(
        neighbourhood=place, follower__email=ADDRESS, follower__postcode="WQ25HD", confirmed=True
    )

    ask(place, now, postcode="WQ11AA")
    press(following, now)

    assert Follower.objects.get().postcode == "WQ11AA"


def press(following, now) -> None:
    token = link(CONFIRM_FOLLOW, following, now)
    confirm_following(token=token, topics=["updates"], language="en-gb", now=now)


def sent(entry, at) -> None:
    """As if the entry had been sent at ``at``."""
    entry.end(State.SENT, at=at)
    entry.save()


def asked_and_sent(place, now):
    ask(place, now)
    for entry in OutboxEntry.objects.filter(state=State.DUE):
        sent(entry, now)


def test_a_thousand_requests_for_one_address_are_five_mails_a_day(now):
    places = NeighbourhoodFactory.create_batch(2)
    for n in range(1000):
        asked_and_sent(places[n % 2], now + n * timedelta(seconds=61))

    assert OutboxEntry.objects.count() == 5

    asked_and_sent(places[0], now + DAY)
    assert OutboxEntry.objects.count() == 6


def test_mails_to_one_address_are_a_minute_apart(place, now):
    for seconds in (0, 1, 59, 60, 61):
        asked_and_sent(place, now + seconds * SECOND)

    assert [entry.next_at for entry in OutboxEntry.objects.order_by("pk")] == [
        now,
        now + 60 * SECOND,
    ]


def test_while_one_mail_waits_no_second_about_the_same_is_posted(place, now):
    ask(place, now)
    ask(place, now + 3600 * SECOND)
    ask(NeighbourhoodFactory(), now + 3600 * SECOND)

    assert OutboxEntry.objects.count() == 2


def test_another_address_has_a_count_of_its_own(place, now):
    ask(place, now)
    ask(place, now, email="bo@example.org")

    assert [to for _kind, to, _language, _follower in mails()] == [ADDRESS, "bo@example.org"]


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_asked_by_eight_threads_at_once_is_one_follower_and_one_mail(place, now):
    together(8, lambda: ask(place, now))

    assert (Follower.objects.count(), Following.objects.count()) == (1, 1)
    assert OutboxEntry.objects.count() == 1


# The mail


def test_the_mail_to_confirm_is_discreet_and_says_what_to_do(place, now, smtp_sink, settings):
    settings.SITE_URL = "https://portal.example.org"
    ask(place, now, topics=["events"], language="cy")

    assert send_due(now=now) == 1

    [mail] = smtp_sink.journal
    assert "Harkstow" not in mail.message["Subject"]
    assert "https://portal.example.org/cy/follow/" in mail.part("plain")
    assert "Ystad Harkstow" in mail.part("plain")
    assert mail.message["List-Unsubscribe"] is None
    token = Token.objects.get()
    assert (token.purpose, token.object_id) == (CONFIRM_FOLLOW, Following.objects.get().pk)


def test_a_following_that_is_gone_is_not_asked_about(place, now, smtp_sink):
    ask(place, now)
    Following.objects.all().delete()

    assert send_due(now=now) == 0

    assert OutboxEntry.objects.get().state == State.DROPPED


# Confirming


def test_confirming_takes_topics_and_language_and_counts_from_the_first_time(now):
    following = FollowingFactory(neighbourhood__name="Harkstow Estate")
    token = link(CONFIRM_FOLLOW, following, now)
    assert find_following(token=token, now=now) == following

    first = {"topics": ["events", "bulletins"], "language": "cy"}
    confirm_following(token=token, now=now, **first)
    confirm_following(token=token, now=now + DAY, **first)

    following.refresh_from_db()
    assert (following.topics, following.confirmed_at) == (["bulletins", "events"], now)
    assert following.follower.language == "cy"


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_presses_at_once_both_say_yes_and_one_counts(now):
    following = FollowingFactory()
    token = link(CONFIRM_FOLLOW, following, now)

    def press():
        return confirm_following(token=token, topics=["updates"], language="en-gb", now=now)

    assert race(press, press, at=Following.objects.all()) == [following, following]
    assert Following.objects.get().confirmed_at == now


@pytest.mark.parametrize(
    ("purpose", "dates"),
    [
        (CONFIRM_FOLLOW, {"begins_at": -2 * DAY, "expires_at": -DAY}),
        (CONFIRM_FOLLOW, {"begins_at": DAY, "expires_at": 2 * DAY}),
        (LEAVE, {}),
    ],
    ids=["expired", "of tomorrow", "of another purpose"],
)
def test_a_link_that_does_not_confirm(now, purpose, dates):
    following = FollowingFactory()
    token = link(purpose, following, now, **{name: now + d for name, d in dates.items()})

    with pytest.raises(LinkNotUsable):
        find_following(token=token, now=now)
    with pytest.raises(LinkNotUsable):
        confirm_following(token=token, topics=["updates"], language="en-gb", now=now)

    assert Following.objects.get().confirmed_at is None


# Leaving


def test_leaving_forgets_the_follower_and_drops_what_was_due(now):
    following = FollowingFactory(confirmed=True)
    follower, other = following.follower, FollowingFactory(confirmed=True)
    FollowingFactory(follower=follower, confirmed=True)
    due = OutboxEntryFactory(follower=follower, to=follower.email)
    sent_before = OutboxEntryFactory(follower=follower, sent=True)
    of_other = OutboxEntryFactory(follower=other.follower)
    token = link(LEAVE, follower, now)

    leave(token=token, now=now)
    leave(token=token, now=now)  # a mail program and its owner may both press

    assert list(Following.objects.all()) == [other]
    assert list(Follower.objects.all()) == [other.follower]
    assert list(
        OutboxEntry.objects.order_by("pk").values_list("pk", "state", "to", "ended_at", "follower")
    ) == [
        (due.pk, State.DROPPED, "", now, None),
        (sent_before.pk, State.SENT, "", sent_before.ended_at, None),
        (of_other.pk, State.DUE, of_other.to, None, other.follower.pk),
    ]


def test_leaving_while_a_mail_is_being_sent_breaks_nothing(now):
    follower = FollowerFactory()
    OutboxEntryFactory(follower=follower, next_at=now)
    being_sent = OutboxEntry.objects.claim_next(now=now)

    leave(token=link(LEAVE, follower, now), now=now)
    being_sent.end(State.SENT, at=now)

    assert OutboxEntry.objects.record(being_sent) is False
    assert OutboxEntry.objects.get().state == State.DROPPED


def test_a_link_that_does_not_leave(now):
    follower = FollowerFactory()

    for token in ("", "guessed", link(CONFIRM_FOLLOW, follower, now)):
        with pytest.raises(LinkNotUsable):
            leave(token=token, now=now)

    assert Follower.objects.count() == 1


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_who_leave_at_once_both_have_left(now):
    follower = FollowingFactory(confirmed=True).follower
    token = link(LEAVE, follower, now)

    def press():
        return leave(token=token, now=now)

    assert race(press, press, at=Follower.objects.all()) == [None, None]
    assert Follower.objects.count() == 0
