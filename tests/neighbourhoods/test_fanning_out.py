"""From one announcement to one entry a follower, and to the mail that they can stop."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from neighbourhoods.models import Announcement, Follower, Following, OutboxEntry, Token
from neighbourhoods.models.outbox import FAN_OUT_LEASE
from neighbourhoods.notifications import LEAVE, NewsItem, fan_out, fanning_out, send_due
from neighbourhoods.tokens import token_digest
from tests.factories.neighbourhoods import (
    AnnouncementFactory,
    FollowerFactory,
    FollowingFactory,
    NeighbourhoodFactory,
    OutboxEntryFactory,
)
from tests.processes import together
from tests.racing import on_postgresql

pytestmark = pytest.mark.django_db
SITE = "https://portal.example.org"
MANY = 10_000


def worded(pk, *, language, now):
    return NewsItem(title="News", text="Something new.", url="/read/", link_text="Read it")


@pytest.fixture
def news(settings):
    settings.NEWS = {"worded": f"{__name__}.worded"}
    settings.SITE_URL = SITE


@pytest.fixture
def announcement():
    return AnnouncementFactory(kind="worded", object_id=7)


def follow(place, **fields):
    return FollowingFactory(neighbourhood=place, confirmed=True, **fields).follower


def told():
    return set(OutboxEntry.objects.values_list("to", flat=True))


def test_every_confirmed_follower_of_the_topic_has_an_entry(announcement, now):
    place = announcement.neighbourhood
    ana = follow(place, follower__language="cy")
    follow(place, updates=False, events=True)  # of another topic
    follow(NeighbourhoodFactory())  # of another place
    FollowingFactory(neighbourhood=place)  # never confirmed

    assert fan_out(now=now) == 1

    assert list(
        OutboxEntry.objects.values_list(
            "announcement", "follower", "kind", "object_id", "to", "language", "state", "next_at"
        )
    ) == [(announcement.pk, ana.pk, "worded", 7, ana.email, "cy", "DUE", now)]
    announcement.refresh_from_db()
    assert (announcement.attempts, announcement.fanned_out_at) == (1, now)
    assert announcement.lease_until is None


def test_followers_of_what_was_there_before_are_told_once(now):
    place = NeighbourhoodFactory()
    middle = NeighbourhoodFactory(ended=True, successor=place)
    first = NeighbourhoodFactory(ended=True, successor=middle)
    follower = follow(first)
    follow(place, follower=follower)
    others = [follow(middle), follow(place)]
    AnnouncementFactory(neighbourhood=place)

    fan_out(now=now)

    assert told() == {follower.email, *(other.email for other in others)}
    assert OutboxEntry.objects.count() == 3


def test_a_second_time_changes_nothing(announcement, now):
    follow(announcement.neighbourhood)

    assert [fan_out(now=now), fan_out(now=now)] == [1, 0]

    assert OutboxEntry.objects.count() == 1


def test_what_a_dead_worker_left_half_done_is_done_after_its_lease(announcement, now):
    followers = [follow(announcement.neighbourhood) for _ in range(2)]
    Announcement.objects.claim_next(now=now)
    OutboxEntryFactory(announcement=announcement, follower=followers[0], sent=True)

    assert fan_out(now=now + FAN_OUT_LEASE - timedelta(seconds=1)) == 0
    assert fan_out(now=now + FAN_OUT_LEASE) == 1

    assert list(OutboxEntry.objects.order_by("pk").values_list("follower", "state")) == [
        (followers[0].pk, "SENT"),
        (followers[1].pk, "DUE"),
    ]


def test_one_that_fails_holds_up_no_other(announcement, now):
    sound = AnnouncementFactory()
    follow(sound.neighbourhood)
    Announcement.objects.filter(pk=announcement.pk).update(topic="gossip")

    with pytest.raises(ValueError, match="gossip"):
        fan_out(now=now)
    fan_out(now=now)

    announcement.refresh_from_db()
    sound.refresh_from_db()
    assert (announcement.fanned_out_at, sound.fanned_out_at) == (None, now)
    assert list(Announcement.objects.due()) == [announcement]


def test_it_ends_when_its_time_is_up(announcement, now, monkeypatch):
    monkeypatch.setattr(fanning_out, "ROUND_LASTS", timedelta(0))

    assert fan_out(now=now) == 0


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_fanned_out_twice_at_once_everybody_is_told_once(announcement, now, monkeypatch):
    monkeypatch.setattr(fanning_out, "BATCH", 7)
    followers = {follow(announcement.neighbourhood).email for _ in range(40)}

    together(2, lambda: fanning_out._tell_followers(announcement, now=now))  # a lease ran out

    assert told() == followers
    assert OutboxEntry.objects.count() == 40


def test_10_000_followers_cost_a_fixed_number_of_queries_a_batch(announcement, now):
    followers = Follower.objects.bulk_create(
        FollowerFactory.build(email=f"f{n}@example.org") for n in range(MANY)
    )
    Following.objects.bulk_create(
        FollowingFactory.build(
            follower=follower, neighbourhood=announcement.neighbourhood, confirmed=True
        )
        for follower in followers
    )

    with CaptureQueriesContext(connection) as queries:
        assert fan_out(now=now) == 1

    assert OutboxEntry.objects.count() == MANY
    batches = MANY // fanning_out.BATCH + 1  # the last one finds nobody
    said = [query["sql"].split()[0] for query in queries]
    rows_an_insert = connection.ops.bulk_batch_size(
        OutboxEntry._meta.local_concrete_fields[1:], [None] * fanning_out.BATCH
    )
    inserts_a_batch = -(-fanning_out.BATCH // rows_an_insert)
    assert said.count("INSERT") == (batches - 1) * inserts_a_batch
    # The claim looks twice and reads its row; places before and after; then one look a batch.
    assert said.count("SELECT") == batches + 5
    assert said.count("UPDATE") == 2


# The mail


def leave_links(mail) -> set[str]:
    """The ways out of one mail, as secrets: text, HTML and header."""
    link = SITE + r"(?:/cy)?/follow/leave/([A-Za-z0-9_-]{43})"
    in_parts = [
        re.findall(f"{link}/", mail.part(part).replace("=\r\n", "")) for part in ("plain", "html")
    ]
    in_header = re.findall(f"<{link}>", mail.message["List-Unsubscribe"])
    assert [len(found) for found in (*in_parts, in_header)] == [1, 1, 1]
    return {*in_parts[0], *in_parts[1], *in_header}


def test_a_followers_mail_carries_the_ways_out(announcement, news, now, smtp_sink):
    follower = follow(announcement.neighbourhood, follower__language="cy")
    fan_out(now=now)

    assert send_due(now=now) == 1

    [mail] = smtp_sink.journal
    assert mail.to == (follower.email,)
    assert mail.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    [secret] = leave_links(mail)
    assert f"{SITE}/cy/follow/leave/{secret}/" in mail.part("plain")
    token = Token.objects.get()
    assert (token.sha256, token.purpose, token.object_id) == (
        token_digest(secret),
        LEAVE,
        follower.pk,
    )
    assert token.expires_at - now >= timedelta(days=365)


def test_each_mail_has_a_way_out_of_its_own(announcement, news, now, smtp_sink):
    for _ in range(2):
        follow(announcement.neighbourhood)
    fan_out(now=now)

    send_due(now=now)

    assert len(set.union(*map(leave_links, smtp_sink.journal))) == 2


def test_a_mail_to_somebody_else_has_none(news, now, smtp_sink):
    OutboxEntryFactory(kind="worded", next_at=now)

    send_due(now=now)

    [mail] = smtp_sink.journal
    assert mail.message["List-Unsubscribe"] is None
    assert "/follow/leave/" not in mail.part("plain") + mail.part("html")
