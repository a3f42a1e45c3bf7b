from datetime import UTC, date, datetime, timedelta

import pytest

from neighbourhoods.quarters import Quarter
from reports.models import Bulletin
from reports.models.bulletin import MAX_ATTEMPTS, PREPARING_LEASE
from reports.snapshots import (
    QuarterNotOver,
    open_last_quarter,
    open_quarter,
    prepare_due,
    prepare_quarter,
    take_figures,
)
from reports.snapshots import bulletins as snapshots
from reports.tasks import prepare_bulletins
from tests.factories.feedback import MessageFactory
from tests.factories.neighbourhoods import NeighbourhoodFactory
from tests.factories.priorities import ActionFactory, PriorityFactory
from tests.factories.reports import BulletinFactory
from tests.factories.teams import MemberFactory, NamedContactFactory, PostingFactory

pytestmark = pytest.mark.django_db
QUARTER = Quarter(2030, 4)
NOW = datetime(2031, 1, 9, 12, tzinfo=UTC)
State = Bulletin.State


def states() -> list[tuple[str, int]]:
    return list(Bulletin.objects.order_by("pk").values_list("state", "attempts"))


def test_a_quarter_is_opened_once_for_each_neighbourhood_at_its_end():
    kept = NeighbourhoodFactory()
    NeighbourhoodFactory(ended_on=date(2030, 12, 31))
    NeighbourhoodFactory(began_on=date(2031, 1, 1))

    assert open_quarter(QUARTER, now=NOW) == [kept.pk]
    assert open_quarter(QUARTER, now=NOW) == [kept.pk]

    assert list(Bulletin.objects.values_list("neighbourhood", "quarter", "state")) == [
        (kept.pk, date(2030, 10, 1), State.DUE)
    ]


def test_a_quarter_is_opened_for_a_force_or_a_neighbourhood():
    place = NeighbourhoodFactory()
    beside = NeighbourhoodFactory(force=place.force)
    NeighbourhoodFactory()

    force_id = place.force_id
    assert open_quarter(QUARTER, now=NOW, force_id=force_id) == [place.pk, beside.pk]
    assert open_quarter(QUARTER, now=NOW, force_id=force_id, code=beside.code) == [beside.pk]


def test_a_quarter_that_lasts_is_not_opened():
    with pytest.raises(QuarterNotOver, match="2030-Q4 lasts until 2030-12-31"):
        open_quarter(QUARTER, now=datetime(2030, 12, 31, 23, 59, tzinfo=UTC))


def test_the_daily_job_opens_the_quarter_that_ended_last():
    NeighbourhoodFactory()

    assert open_last_quarter(now=NOW) == "2030-Q4: 1"
    assert open_last_quarter(now=NOW + timedelta(days=1)) == "2030-Q4: 1"

    assert states() == [(State.DUE, 0)]


def test_each_is_prepared_once_however_often_it_is_asked_for():
    NeighbourhoodFactory.create_batch(3)

    assert prepare_quarter(QUARTER, now=NOW) == 3
    prepared = list(Bulletin.objects.values())
    assert prepare_quarter(QUARTER, now=NOW + timedelta(days=1)) == 0

    assert list(Bulletin.objects.values()) == prepared
    assert states() == [(State.DRAFT, 1)] * 3


def test_a_bell_that_rings_twice_changes_nothing():
    NeighbourhoodFactory()

    prepare_bulletins("2021-Q4", something_new=True)
    first = list(Bulletin.objects.values())
    prepare_bulletins("2021-Q4")

    assert list(Bulletin.objects.values()) == first
    assert states() == [(State.DRAFT, 1)]


def test_one_that_is_held_is_left_until_its_lease_ends():
    BulletinFactory(due=True, attempts=1, lease_until=NOW + PREPARING_LEASE)

    assert prepare_due(now=NOW) == 0
    assert prepare_due(now=NOW + PREPARING_LEASE) == 1
    assert states() == [(State.DRAFT, 2)]


def test_a_worker_whose_lease_ran_out_writes_nothing(monkeypatch):
    bulletin = BulletinFactory(due=True)

    def taken_over(*_args, **_kwargs):
        Bulletin.objects.filter(pk=bulletin.pk).update(attempts=9)
        return {"whose": "nobody's"}

    monkeypatch.setattr(snapshots, "take_figures", taken_over)

    assert prepare_due(now=NOW) == 0
    assert states() == [(State.DUE, 9)]


def test_one_that_cannot_be_prepared_holds_up_no_other_and_is_given_up(monkeypatch, caplog):
    odd, plain = BulletinFactory(due=True), BulletinFactory(due=True)

    def stumbles(neighbourhood, quarter, *, now):
        if neighbourhood == odd.neighbourhood:
            raise ZeroDivisionError
        return take_figures(neighbourhood, quarter, now=now)

    monkeypatch.setattr(snapshots, "take_figures", stumbles)

    done = [prepare_due(now=NOW + day * timedelta(days=1)) for day in range(MAX_ATTEMPTS + 2)]

    assert done == [1, *[0] * (MAX_ATTEMPTS + 1)]
    assert states() == [(State.DUE, MAX_ATTEMPTS), (State.DRAFT, 1)]
    assert f"Bulletin {odd.pk} could not be prepared" in caplog.text
    assert plain.pk


def test_a_batch_ends_in_time(monkeypatch):
    BulletinFactory.create_batch(2, due=True)
    monkeypatch.setattr(snapshots, "BATCH_LASTS", timedelta(seconds=-1))

    assert prepare_due(now=NOW) == 0


def test_the_officer_is_whoever_was_named_on_the_last_day():
    place = NeighbourhoodFactory()
    before = PostingFactory(neighbourhood=place, member=MemberFactory(force=place.force))
    after = PostingFactory(neighbourhood=place, member=MemberFactory(force=place.force, pcso=True))
    NamedContactFactory(neighbourhood=place, posting=before, from_on=date(2030, 11, 4))
    NamedContactFactory(neighbourhood=place, posting=after, from_on=date(2031, 1, 1))

    told = take_figures(place, QUARTER, now=NOW)["officer"]

    assert told == {
        "state": "named",
        "since": "2030-11-04",
        "member": before.member_id,
        "police_officer": True,
    }


def test_a_post_that_nobody_held():
    place = NeighbourhoodFactory()
    assert take_figures(place, QUARTER, now=NOW)["officer"]["state"] == "none"

    NamedContactFactory(neighbourhood=place, vacant=True, from_on=date(2030, 11, 4))
    assert take_figures(place, QUARTER, now=NOW)["officer"] == {
        "state": "vacant",
        "since": "2030-11-04",
        "member": None,
        "police_officer": False,
    }


def test_a_priority_is_told_as_it_stood_when_the_quarter_ended():
    place = NeighbourhoodFactory()
    closed = {"neighbourhood": place, "state": "CLOSED", "outcome": "Quiet now."}
    during = PriorityFactory(
        **closed, title="Bikes", adopted_on=date(2030, 9, 1), closed_on=date(2030, 12, 31)
    )
    PriorityFactory(
        **closed, title="Parking", adopted_on=date(2030, 10, 1), closed_on=date(2031, 1, 1)
    )
    PriorityFactory(**closed, adopted_on=date(2030, 1, 1), closed_on=date(2030, 9, 30))
    PriorityFactory(neighbourhood=place, adopted_on=date(2031, 1, 1))
    for day in (date(2030, 9, 30), date(2030, 10, 1), date(2031, 1, 1), None):
        ActionFactory(priority=during, what=f"Done {day}", done_on=day, owner="PCSO Ferncastle")

    bikes, parking = take_figures(place, QUARTER, now=NOW)["priorities"]

    assert bikes == {
        "title": "Bikes",
        "title_cy": "",
        "adopted_on": "2030-09-01",
        "state": "closed",
        "closed_on": "2030-12-31",
        "outcome": "Quiet now.",
        "outcome_cy": "",
        "actions": [
            {
                "what": "Done 2030-10-01",
                "what_cy": "",
                "owner": "PCSO Ferncastle",
                "owner_cy": "",
                "done_on": "2030-10-01",
            }
        ],
    }
    assert (parking["title"], parking["state"], parking["closed_on"], parking["outcome"]) == (
        "Parking",
        "live",
        None,
        "",
    )


def test_messages_of_the_quarter_by_londons_midnight():
    place = NeighbourhoodFactory()
    for moment in (
        datetime(2030, 9, 30, 22, 59, tzinfo=UTC),
        datetime(2030, 9, 30, 23, 0, tzinfo=UTC),
        datetime(2030, 12, 31, 23, 59, tzinfo=UTC),
        datetime(2031, 1, 1, tzinfo=UTC),
    ):
        MessageFactory(neighbourhood=place, received_at=moment)

    assert take_figures(place, QUARTER, now=NOW)["answers"] == {"due": 2, "in_time": 0}


def test_a_month_that_was_not_supplied_has_its_own_state():
    months = take_figures(NeighbourhoodFactory(), QUARTER, now=NOW)["crime"]["months"]

    assert months == [
        {"month": f"2030-{number}", "supplied": False, "crime": 0, "asb": 0}
        for number in (10, 11, 12)
    ]
