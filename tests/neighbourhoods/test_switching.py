"""A switch of boundaries: who comes after whom, and where followers go."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from shapely import MultiPolygon, box

from neighbourhoods.importers.matching import match_set
from neighbourhoods.importers.table import TableFile
from neighbourhoods.models import (
    Announcement,
    BoundarySet,
    Follower,
    Following,
    ImportRun,
    OutboxEntry,
    Postcode,
    Succession,
)
from neighbourhoods.notifications import CONFIRM_FOLLOW, boundary_changed, fan_out, send_due
from neighbourhoods.services import NoSuccessor, activate_boundary_set, tell_successors
from neighbourhoods.tokens import token_digest
from tests.factories.neighbourhoods import (
    NOON,
    AnnouncementFactory,
    BoundaryFactory,
    BoundarySetFactory,
    FollowerFactory,
    FollowingFactory,
    ForceFactory,
    NeighbourhoodFactory,
    PostcodeFactory,
    TokenFactory,
)

pytestmark = pytest.mark.django_db

DAY = date(2031, 3, 4)
WIDTH = 0.1  # of one column of ground, in degrees
MANY = 10_000


def columns(first: int, last: int) -> MultiPolygon:
    """Ground from one column to another, both included, all as high as WIDTH."""
    return MultiPolygon([box(first * WIDTH, 52, (last + 1) * WIDTH, 52 + WIDTH)])


def draw(boundary_set: BoundarySet, **drawn: tuple[int, int]) -> BoundarySet:
    """Neighbourhoods by code with their columns; those that the force lacks are made."""
    force = boundary_set.force
    for code, between in drawn.items():
        place = force.neighbourhoods.filter(code=code).first()
        place = place or NeighbourhoodFactory(force=force, code=code, name=f"Place {code}")
        BoundaryFactory(boundary_set=boundary_set, neighbourhood=place, polygon=columns(*between))
    match_set(boundary_set)
    return boundary_set


def postcodes(column: int, count: int, **traits: object) -> list[Postcode]:
    """Live postcodes in a column, such as WQ310AA for the first in the third."""
    lng = (column + 0.5) * WIDTH
    return [
        PostcodeFactory(code=f"WQ{column}{n}AA", lat=52.05, lng=lng, **traits)
        for n in range(10, 10 + count)
    ]


@pytest.fixture
def force():
    force = ForceFactory(id="casterwell")
    for column, count in ((1, 8), (2, 4), (3, 4)):
        postcodes(column, count)
    return force


@pytest.fixture
def old(force):
    return draw(BoundarySetFactory(force=force, active=True), a=(1, 2), b=(3, 3))


def dark(force, **drawn):
    return draw(BoundarySetFactory(force=force), **drawn)


def follow(force, code, **follower):
    place = force.neighbourhoods.get(code=code)
    return FollowingFactory(
        neighbourhood=place, confirmed=True, follower=FollowerFactory(**follower)
    )


def followed_by(follower) -> list[str]:
    codes = follower.followings.values_list("neighbourhood__code", flat=True)
    return sorted(codes)


def lives(force) -> dict[str, tuple]:
    rows = force.neighbourhoods.values_list("code", "ended_on", "successor__code")
    return {code: rest for code, *rest in rows}


def tell(boundary_set, *pairs):
    lines = ["old,new", *(",".join(pair) for pair in pairs)]
    tell_successors(boundary_set=boundary_set, table=TableFile("after.csv", lines, "f00d"))


def test_a_split_hands_the_identity_to_the_part_with_most_postcodes(force, old):
    activate_boundary_set(boundary_set=dark(force, west=(1, 1), east=(2, 2), b=(3, 3)), on=DAY)

    assert lives(force) == {
        "a": [DAY, "west"],
        "b": [None, None],
        "east": [None, None],
        "west": [None, None],
    }
    rows = Succession.objects.in_effect().values_list("before__code", "after__code", "from_on")
    assert list(rows) == [("a", "west", DAY), ("a", "east", DAY)]


def test_of_a_split_a_follower_goes_to_each_part_and_one_with_a_postcode_to_its_own(force, old):
    new = dark(force, west=(1, 1), east=(2, 2), b=(3, 3))
    plain, east = follow(force, "a"), follow(force, "a", postcode="WQ210AA")
    elsewhere = follow(force, "a", postcode="WQ310AA")  # lives in b, and follows a as well
    stays = follow(force, "b", postcode="WQ310AA")

    activate_boundary_set(boundary_set=new, on=DAY)

    assert [followed_by(f.follower) for f in (plain, east, elsewhere, stays)] == [
        ["east", "west"],
        ["east"],
        ["east", "west"],
        ["b"],
    ]
    told = OutboxEntry.objects.filter(kind="neighbourhoods.boundary_changed")
    assert sorted(told.values_list("to", "state")) == sorted(
        (f.follower.email, "DUE") for f in (plain, east, elsewhere)
    )
    assert set(Announcement.objects.values_list("neighbourhood__code", "topic")) == {
        ("east", ""),
        ("west", ""),
    }
    assert ImportRun.objects.get(command="activate_boundaries").counts == {
        "followers": 3,
        "told": 3,
    }


def test_merged_neighbourhoods_both_lead_to_the_new_one_and_a_follower_of_both_follows_once(
    force, old
):
    both = follow(force, "a")
    FollowingFactory(
        follower=both.follower,
        neighbourhood=force.neighbourhoods.get(code="b"),
        updates=False,
        events=True,
        confirmed=True,
    )

    activate_boundary_set(boundary_set=dark(force, all=(1, 3)), on=DAY)

    assert lives(force) == {"a": [DAY, "all"], "all": [None, None], "b": [DAY, "all"]}
    (following,) = both.follower.followings.all()
    assert (following.neighbourhood.code, following.topics) == ("all", ["updates", "events"])
    assert OutboxEntry.objects.count() == 1


def test_a_neighbourhood_that_is_merged_into_another_brings_its_followers(force, old):
    one = follow(force, "b")
    wide = follow(force, "a")
    FollowingFactory(follower=wide.follower, neighbourhood=one.neighbourhood)  # never confirmed

    activate_boundary_set(boundary_set=dark(force, a=(1, 3)), on=DAY)

    assert lives(force) == {"a": [None, None], "b": [DAY, "a"]}
    assert [followed_by(f.follower) for f in (one, wide)] == [["a"], ["a"]]
    assert wide.follower.followings.get().confirmed_at
    assert list(OutboxEntry.objects.values_list("to", flat=True)) == [one.follower.email]


def test_what_is_confirmed_wins_over_what_was_only_typed(force, old):
    typed = FollowingFactory(neighbourhood=force.neighbourhoods.get(code="a"))
    FollowingFactory(
        follower=typed.follower,
        neighbourhood=force.neighbourhoods.get(code="b"),
        updates=False,
        events=True,
        confirmed=True,
    )

    activate_boundary_set(boundary_set=dark(force, all=(1, 3)), on=DAY)

    (following,) = typed.follower.followings.all()
    assert (following.topics, following.confirmed_at) == (["events"], NOON)


def test_who_confirmed_nothing_moves_and_is_told_nothing(force, old):
    typed = FollowingFactory(neighbourhood=force.neighbourhoods.get(code="b"))

    activate_boundary_set(boundary_set=dark(force, a=(1, 2), c=(3, 3)), on=DAY)

    moved = Following.objects.get()
    assert (moved.pk, moved.neighbourhood.code) == (typed.pk, "c")  # its link still works
    assert not OutboxEntry.objects.exists()


def test_neighbourhoods_that_swap_their_ground_swap_the_followers_with_postcodes(force, old):
    both = follow(force, "a", postcode="WQ110AA")
    FollowingFactory(
        follower=both.follower,
        neighbourhood=force.neighbourhoods.get(code="b"),
        updates=False,
        events=True,
        confirmed=True,
    )
    stays = follow(force, "a")

    activate_boundary_set(boundary_set=dark(force, b=(1, 2), a=(3, 3)), on=DAY)

    topics = {f.neighbourhood.code: f.topics for f in both.follower.followings.all()}
    assert topics == {"b": ["updates", "events"]}
    assert followed_by(stays.follower) == ["a"]


def test_a_force_tells_what_comes_after_and_that_a_part_was_taken_away(force, old):
    new = dark(force, a=(1, 1), c=(2, 2), d=(3, 3))
    tell(new, ("b", "a"), ("a", "a"), ("a", "c"))
    followers = [follow(force, code).follower for code in ("a", "b")]

    activate_boundary_set(boundary_set=new, on=DAY)

    assert lives(force)["b"] == [DAY, "a"]  # though all its postcodes went to d
    assert [followed_by(follower) for follower in followers] == [["a", "c"], ["a"]]


def test_a_neighbourhood_without_postcodes_goes_where_its_ground_goes(force, old):
    Postcode.objects.all().delete()
    new = dark(force, west=(0, 1), east=(2, 2), b=(3, 3))
    tiny = BoundaryFactory(
        boundary_set=new,
        neighbourhood=NeighbourhoodFactory(force=force, code="tiny"),
        polygon=MultiPolygon([box(0.1, 52.09, 0.11, 52.11)]),
    )

    activate_boundary_set(boundary_set=new, on=DAY)

    assert lives(force)["a"][1] in ("east", "west")
    assert tiny.neighbourhood.preceded_by.count() == 0  # under a tenth is no part
    assert Succession.objects.in_effect().count() == 2


def test_a_neighbourhood_that_nothing_comes_after_stops_the_switch(force, old):
    follower = follow(force, "b").follower
    new = dark(force, a=(1, 2))

    with pytest.raises(NoSuccessor, match=r"does not draw: b\. Name their successors"):
        activate_boundary_set(boundary_set=new, on=DAY)
    force.refresh_from_db()
    assert force.boundary_set == old
    assert lives(force)["b"] == [None, None]

    tell(new, ("b", "a"))
    activate_boundary_set(boundary_set=new, on=DAY)
    assert (lives(force)["b"], followed_by(follower)) == ([DAY, "a"], ["a"])


def test_a_chain_of_switches_leads_straight_to_the_last(force, old):
    activate_boundary_set(boundary_set=dark(force, c=(1, 2), b=(3, 3)), on=DAY)
    activate_boundary_set(boundary_set=dark(force, d=(1, 2), b=(3, 3)), on=DAY)

    assert lives(force) == {
        "a": [DAY, "d"],
        "b": [None, None],
        "c": [DAY, "d"],
        "d": [None, None],
    }


def test_a_switch_can_be_taken_back_and_made_again(force, old):
    new = dark(force, c=(1, 2), b=(3, 3))
    tell(new, ("a", "b"))
    follower = follow(force, "a").follower

    activate_boundary_set(boundary_set=new, on=DAY)
    assert followed_by(follower) == ["b"]
    activate_boundary_set(boundary_set=old, on=DAY)

    assert lives(force) == {"a": [None, None], "b": [None, None], "c": [DAY, "a"]}
    assert list(Succession.objects.in_effect().values_list("before__code", "after__code")) == [
        ("c", "a")
    ]
    activate_boundary_set(boundary_set=new, on=DAY)
    assert lives(force)["a"] == [DAY, "b"]  # what the force had told still holds


def test_news_of_a_neighbourhood_that_ended_reaches_those_who_followed_it(force, old):
    follower = follow(force, "a", postcode="WQ210AA").follower
    activate_boundary_set(boundary_set=dark(force, west=(1, 1), east=(2, 2), b=(3, 3)), on=DAY)
    place = force.neighbourhoods.get(code="a")
    announcement = AnnouncementFactory(neighbourhood=place, topic="updates")

    fan_out(now=NOON)

    assert list(announcement.entries.values_list("follower", flat=True)) == [follower.pk]


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("en-gb", "From now on we send you news of: Place b; Place c."),
        ("cy", "Place b; Place c."),
    ],
)
def test_followers_are_told_once_in_their_language_with_a_way_out(
    force, old, language, says, mailoutbox
):
    follower = follow(force, "a", language=language).follower
    FollowingFactory(
        follower=follower, neighbourhood=force.neighbourhoods.get(code="b"), confirmed=True
    )
    activate_boundary_set(boundary_set=dark(force, c=(1, 2), b=(3, 3)), on=DAY)
    later = datetime(2031, 3, 4, 12, tzinfo=UTC) + timedelta(days=1)

    assert (send_due(now=later), send_due(now=later)) == (1, 0)

    (mail,) = mailoutbox
    assert mail.to == [follower.email]
    assert "Place b" in mail.body
    assert "Place c" in mail.body
    assert "List-Unsubscribe" in mail.extra_headers
    if language == "en-gb":
        assert "From now on we send you news of: Place c; Place b." in mail.body


def test_who_follows_nothing_any_more_is_told_nothing():
    assert boundary_changed(FollowerFactory().pk, language="en-gb", now=NOON) is None


def test_10_000_followers_move_in_a_fixed_number_of_queries(force, old):
    new = dark(force, west=(1, 1), east=(2, 2), b=(3, 3))
    place = force.neighbourhoods.get(code="a")
    followers = Follower.objects.bulk_create(
        FollowerFactory.build(email=f"f{n}@example.org", postcode=code)
        for n, code in zip(range(MANY), ["", "WQ110AA", "WQ210AA", "WQ310AA"] * MANY, strict=False)
    )
    Following.objects.bulk_create(
        FollowingFactory.build(follower=follower, neighbourhood=place, confirmed=True)
        for follower in followers
    )

    with CaptureQueriesContext(connection) as queries:
        activate_boundary_set(boundary_set=new, on=DAY)

    codes = ["east", "west"]
    assert [followed_by(follower) for follower in followers[:4]] == [
        codes,
        ["west"],
        ["east"],
        codes,
    ]
    assert Following.objects.count() == MANY + MANY // 2
    assert OutboxEntry.objects.values("follower").distinct().count() == MANY
    assert OutboxEntry.objects.count() == MANY
    said = [query["sql"].split()[0] for query in queries]
    assert said.count("SELECT") < 60
    assert said.count("UPDATE") < 30


def test_who_gave_a_postcode_when_asking_is_looked_up_again_by_a_switch(force, old, client):
    """The whole way: asked for on the page, confirmed, and then the areas are redrawn."""
    place = force.neighbourhoods.get(code="a")
    asked = {"email": "ana.reed@example.org", "topics": ["updates"], "postcode": "wq21 0aa"}
    client.post(f"/areas/casterwell/{place.code}/follow/", asked)
    following = Following.objects.get()
    TokenFactory(
        sha256=token_digest("secret"),
        purpose=CONFIRM_FOLLOW,
        object_id=following.pk,
        begins_at="2020-01-01T00:00Z",
        expires_at="2120-01-01T00:00Z",
    )
    client.get("/follow/secret/")
    client.post("/follow/", {"topics": ["updates"]})

    activate_boundary_set(boundary_set=dark(force, a=(1, 1), east=(2, 2), b=(3, 3)), on=DAY)

    assert followed_by(following.follower) == ["east"]
