"""Every constraint of the lowest app, broken once."""

from datetime import date, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from neighbourhoods.models import Neighbourhood, OutboxEntry, PolicingArea, Token
from neighbourhoods.models.force import force_id_validator
from tests.factories.neighbourhoods import (
    NOON,
    AnnouncementFactory,
    AreaMembershipFactory,
    BoundaryFactory,
    BoundarySetFactory,
    CouncilFactory,
    FollowerFactory,
    FollowingFactory,
    ForceFactory,
    JobRunFactory,
    NeighbourhoodFactory,
    OpeningExceptionFactory,
    OpeningHoursFactory,
    OutboxEntryFactory,
    PlaceFactory,
    PolicingAreaFactory,
    PostcodeBesideFactory,
    PostcodeFactory,
    PostcodeMatchFactory,
    SignpostFactory,
    SuccessionFactory,
    TokenFactory,
)

pytestmark = pytest.mark.django_db
State = OutboxEntry.State

BROKEN_BY_VALUES = [
    (ForceFactory, {"id": "West-Midlands"}, "force_id_is_lower_case"),
    (ForceFactory, {"id": "2nd"}, "force_id_is_lower_case"),
    (NeighbourhoodFactory, {"code": ""}, "neighbourhood_has_code"),
    (
        NeighbourhoodFactory,
        {"began_on": date(2031, 1, 2), "ended_on": date(2031, 1, 1)},
        "neighbourhood_ends_after_it_begins",
    ),
    (
        NeighbourhoodFactory,
        {"waiting": True, "began_on": date(2031, 1, 1)},
        "neighbourhood_waiting_has_no_days",
    ),
    (
        NeighbourhoodFactory,
        {"waiting": True, "ended_on": date(2031, 1, 1)},
        "neighbourhood_waiting_has_no_days",
    ),
    (
        PolicingAreaFactory,
        {"began_on": date(2031, 1, 2), "ended_on": date(2031, 1, 1)},
        "policingarea_ends_after_it_begins",
    ),
    (BoundarySetFactory, {"south": 52}, "boundaryset_has_whole_box_or_none"),
    (
        BoundarySetFactory,
        {"south": 52, "north": 53, "west": -1},
        "boundaryset_has_whole_box_or_none",
    ),
    (
        BoundarySetFactory,
        {"south": 53, "north": 52, "west": -1, "east": 0},
        "boundaryset_has_whole_box_or_none",
    ),
    (
        BoundarySetFactory,
        {"south": 52, "north": 53, "west": 1, "east": 0},
        "boundaryset_has_whole_box_or_none",
    ),
    (BoundaryFactory, {"min_lat": 52.2}, "boundary_box_is_ordered"),
    (BoundaryFactory, {"min_lng": 0.0}, "boundary_box_is_ordered"),
    (PostcodeFactory, {"lat": None}, "postcode_has_whole_place_or_none"),
    (PostcodeFactory, {"lng": 2.5}, "postcode_has_whole_place_or_none"),
    (PostcodeFactory, {"code": "wq1 1aa"}, "postcode_is_upper_case_without_space"),
    (PostcodeBesideFactory, {"metres": 50.1}, "postcodebeside_is_close_by"),
    (PostcodeBesideFactory, {"metres": -0.1}, "postcodebeside_is_close_by"),
    (CouncilFactory, {"code": "e07000001"}, "council_code_is_of_the_ons"),
    (SignpostFactory, {"url": "", "telephone": ""}, "signpost_leads_somewhere"),
    (PlaceFactory, {"name": ""}, "place_has_name_and_address"),
    (PlaceFactory, {"address": ""}, "place_has_name_and_address"),
    (PlaceFactory, {"lat": None}, "place_has_both_coordinates_or_none"),
    (PlaceFactory, {"lng": 181.0}, "place_has_both_coordinates_or_none"),
    (OpeningHoursFactory, {"weekday": 7}, "openinghours_weekday_exists"),
    (OpeningHoursFactory, {"closes": time(9)}, "openinghours_close_after_they_open"),
    (OpeningExceptionFactory, {"opens": time(9)}, "openingexception_closed_or_has_hours"),
    (OpeningExceptionFactory, {"closes": time(9)}, "openingexception_closed_or_has_hours"),
    (
        OpeningExceptionFactory,
        {"opens": time(9), "closes": time(8)},
        "openingexception_closed_or_has_hours",
    ),
    (OutboxEntryFactory, {"to": ""}, "outboxentry_due_has_address_ended_has_none"),
    (OutboxEntryFactory, {"ended_at": NOON}, "outboxentry_due_has_address_ended_has_none"),
    (
        OutboxEntryFactory,
        {"state": State.SENT, "ended_at": NOON},
        "outboxentry_due_has_address_ended_has_none",
    ),
    (
        OutboxEntryFactory,
        {"state": State.DROPPED, "to": ""},
        "outboxentry_due_has_address_ended_has_none",
    ),
    (TokenFactory, {"expires_at": NOON}, "token_expires_after_it_begins"),
    (FollowerFactory, {"email": ""}, "follower_has_email"),
    (FollowingFactory, {"updates": False}, "following_has_a_topic"),
]


@pytest.mark.parametrize(("factory", "values", "constraint"), BROKEN_BY_VALUES)
def test_a_row_that_breaks_a_check_is_refused(factory, values, constraint):
    assert_refused(constraint, lambda: factory(**values))


BROKEN_BY_A_SECOND_ROW = [
    (PolicingAreaFactory, ["force", "code"], "policingarea_code_unique"),
    (NeighbourhoodFactory, ["force", "code"], "neighbourhood_code_unique"),
    (BoundarySetFactory, ["force", "valid_from"], "boundaryset_one_per_day"),
    (
        BoundaryFactory,
        ["boundary_set", "neighbourhood"],
        "boundary_one_per_neighbourhood_and_set",
    ),
    (PostcodeMatchFactory, ["postcode", "boundary"], "postcodematch_unique"),
    (PostcodeBesideFactory, ["postcode", "boundary"], "postcodebeside_unique"),
    (AreaMembershipFactory, ["neighbourhood", "from_on"], "areamembership_one_per_day"),
    (SuccessionFactory, ["boundary_set", "before", "after"], "succession_once"),
    (SignpostFactory, ["force", "position"], "signpost_position_unique"),
    (PlaceFactory, ["force", "name"], "place_name_unique"),
    (OpeningHoursFactory, ["place", "weekday", "opens"], "openinghours_begin_once"),
    (OpeningExceptionFactory, ["place", "on"], "openingexception_one_per_day"),
    (AnnouncementFactory, ["kind", "object_id", "neighbourhood"], "announcement_once"),
    (OutboxEntryFactory, ["kind", "object_id"], "outboxentry_one_due_post"),
    (FollowingFactory, ["follower", "neighbourhood"], "following_once"),
    (JobRunFactory, ["job", "period_start"], "jobrun_once_a_period"),
    (TokenFactory, ["sha256"], "sha256"),
]


@pytest.mark.parametrize(("factory", "fields", "constraint"), BROKEN_BY_A_SECOND_ROW)
def test_a_second_row_that_may_not_be_is_refused(factory, fields, constraint):
    first = factory()

    same = {field: getattr(first, field) for field in fields}

    # SQLite names the columns instead.
    assert_refused(rf"{constraint}|UNIQUE .*\.{fields[-1]}", lambda: factory(**same))


@pytest.mark.parametrize(("factory", "fields", "constraint"), BROKEN_BY_A_SECOND_ROW)
def test_a_second_row_that_differs_is_taken(factory, fields, constraint):
    factory()
    factory()

    assert factory._meta.model.objects.count() == 2


def test_an_address_follows_once_however_it_is_written():
    FollowerFactory(email="Ana.Reed@example.org")

    assert_refused("follower_email_unique", lambda: FollowerFactory(email="ana.reed@Example.org"))


def test_a_follower_has_one_entry_of_an_announcement():
    announcement, follower = AnnouncementFactory(), FollowerFactory()
    once = {"announcement": announcement, "follower": follower}
    OutboxEntryFactory(**once)

    assert_refused(
        r"outboxentry_once_a_follower|UNIQUE .*\.follower_id", lambda: OutboxEntryFactory(**once)
    )


def test_what_was_sent_may_be_posted_again_and_many_are_told_of_one_thing():
    OutboxEntryFactory(object_id=7, sent=True)
    OutboxEntryFactory(object_id=7)
    for _ in range(2):
        OutboxEntryFactory(
            object_id=7, announcement=AnnouncementFactory(), follower=FollowerFactory()
        )

    assert OutboxEntry.objects.count() == 4


def test_nothing_lies_in_itself_or_becomes_itself():
    area, place = PolicingAreaFactory(), NeighbourhoodFactory()

    assert_refused(
        "policingarea_is_not_in_itself",
        lambda: PolicingArea.objects.filter(pk=area.pk).update(parent=area),
    )
    assert_refused("succession_is_of_another", lambda: SuccessionFactory(before=place, after=place))


def test_only_an_ended_neighbourhood_has_a_successor():
    successor = NeighbourhoodFactory()

    assert_refused(
        "neighbourhood_successor_only_when_ended",
        lambda: NeighbourhoodFactory(successor=successor),
    )
    assert NeighbourhoodFactory(ended=True, successor=successor).current == successor


@pytest.mark.parametrize(
    ("text", "usable"),
    [("west-midlands", True), ("w2", True), ("West", False), ("2nd", False), ("a b", False)],
)
def test_the_form_of_a_force_id_agrees_with_the_database(text, usable):
    if usable:
        force_id_validator(text)
        assert ForceFactory(id=text).pk == text
    else:
        with pytest.raises(ValidationError, match="lower-case letters"):
            force_id_validator(text)
        assert_refused("force_id_is_lower_case", lambda: ForceFactory(id=text))


def test_current_follows_every_successor():
    last = NeighbourhoodFactory()
    middle = NeighbourhoodFactory(ended=True, successor=last)
    first = NeighbourhoodFactory(ended=True, successor=middle)

    assert [first.current, middle.current, last.current] == [last] * 3


def test_a_neighbourhood_is_current_from_its_first_day_to_the_day_before_its_last():
    day = date(2031, 1, 1)
    place = NeighbourhoodFactory(began_on=day, ended_on=day + timedelta(days=2))

    days = [day + timedelta(days=n) for n in (-1, 0, 1, 2)]

    assert [place in Neighbourhood.objects.current(on=on) for on in days] == [
        False,
        True,
        True,
        False,
    ]


def test_a_neighbourhood_that_waits_is_neither_begun_nor_public_nor_ended():
    on = date(2031, 1, 1)
    waits = NeighbourhoodFactory(dark=True)

    assert [
        list(chosen)
        for chosen in (
            Neighbourhood.objects.public(),
            Neighbourhood.objects.begun(on=on),
            Neighbourhood.objects.current(on=on),
            Neighbourhood.objects.unended(on=on),
        )
    ] == [[], [], [], [waits]]


def test_raise_stamps_marks_the_chosen_neighbourhoods_alone():
    changed, other = NeighbourhoodFactory(), NeighbourhoodFactory()

    raised = Neighbourhood.objects.filter(pk=changed.pk).raise_stamps()

    stamps = dict(Neighbourhood.objects.values_list("pk", "stamp"))
    assert (raised, stamps) == (1, {changed.pk: 2, other.pk: 1})


@pytest.mark.parametrize(
    ("after_noon", "usable"),
    [
        (timedelta(seconds=-1), False),
        (timedelta(0), True),
        (timedelta(days=7, seconds=-1), True),
        (timedelta(days=7), False),
    ],
)
def test_a_token_is_usable_from_its_beginning_to_its_expiry(after_noon, usable):
    TokenFactory()

    assert Token.objects.usable(now=NOON + after_noon).exists() is usable


def test_a_used_token_is_not_usable():
    TokenFactory(used=True)

    assert not Token.objects.usable(now=NOON).exists()


def test_names_for_people_who_read_the_rows():
    assert str(PostcodeFactory(code="WQ101AA")) == "WQ10 1AA"
    assert str(JobRunFactory(job="a.job", period_start=NOON)) == "a.job 2031-03-04 12:00"
    assert str(OutboxEntryFactory(object_id=7)) == "teams.update_published 7"
    assert str(AnnouncementFactory(object_id=7)) == "teams.update_published 7"
    assert str(TokenFactory(object_id=7)) == "teams.invitation 7"
    place, follower = NeighbourhoodFactory(name="Harkstow Estate"), FollowerFactory()
    following = FollowingFactory(follower=follower, neighbourhood=place)
    assert str(following) == f"follower {follower.pk} of Harkstow Estate"


def assert_refused(constraint: str, make) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        make()
