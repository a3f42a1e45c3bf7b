"""Every figure of every bulletin of the demonstration is what the tables say."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.utils.html import strip_tags

from config.demo.loading import load_demo
from feedback.models import Message
from neighbourhoods.models import Neighbourhood
from neighbourhoods.quarters import Quarter
from reports.models import Bulletin, DataMonth
from reports.snapshots import prepare_quarter
from teams.models import Member, NamedContact, Posting
from tests.config.bulletins_in_sql import leaves, recomputed, told
from tests.factories.feedback import ClockEventFactory

NOW = datetime(2026, 5, 14, 10, 30, tzinfo=UTC)
QUARTER = Quarter(2025, 4)  # that of the demonstration's own bulletins
# One before there was any figure, one with a month that was not supplied, one without messages.
OTHERS = [Quarter(2023, 3), Quarter(2025, 1), Quarter(2025, 3)]
LAST = date(2025, 12, 31)
# The quarter's first and last instant and their neighbours: summer time ended inside it.
EDGES = [
    datetime(2025, 9, 30, 22, 59, 59, tzinfo=UTC),
    datetime(2025, 9, 30, 23, tzinfo=UTC),
    datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC),
    datetime(2026, 1, 1, tzinfo=UTC),
]
# What happens to the tables of one place, and which of its figures no longer agree then.
CHANGES = [
    (
        "lanterngate",
        "UPDATE reports_crimecount SET count = count + 1 WHERE neighbourhood_id = %s"
        " AND month = '2025-11-01' AND crime_type = 'Shoplifting'",
        {"crime/months/1/crime"},
    ),
    (
        "cwm-brithell",
        "UPDATE reports_crimecount SET count = count + 1 WHERE neighbourhood_id = %s"
        " AND month = '2025-10-01' AND crime_type = 'Anti-social behaviour'",
        {"crime/months/0/asb"},
    ),
    (
        "brackmoor",
        "DELETE FROM feedback_clockevent WHERE kind = 'ANSWERED' AND message_id = ("
        "SELECT max(id) FROM feedback_message WHERE neighbourhood_id = %s"
        " AND received_at < '2026-01-01')",
        {"answers/in_time"},
    ),
    (
        "brackmoor",
        "DELETE FROM feedback_clockevent WHERE message_id = ("
        "SELECT max(id) FROM feedback_message WHERE neighbourhood_id = %s"
        " AND received_at < '2026-01-01')",
        {"answers/due", "answers/in_time"},
    ),
    (
        "pellowby-cross",
        "UPDATE teams_member SET role = 'pcso', rank = '' WHERE id IN (SELECT p.member_id"
        " FROM teams_namedcontact c JOIN teams_posting p ON p.id = c.posting_id"
        " WHERE c.neighbourhood_id = %s)",
        {"officer/police_officer"},
    ),
    (
        "thornhay",
        "UPDATE teams_namedcontact SET from_on = '2025-12-01' WHERE neighbourhood_id = %s",
        {"officer/since"},
    ),
    (
        "nettlegate",
        "UPDATE teams_posting SET to_on = '2025-12-30' WHERE id IN ("
        "SELECT posting_id FROM teams_namedcontact WHERE neighbourhood_id = %s)",
        {"officer/state", "officer/since", "officer/member", "officer/police_officer"},
    ),
    (
        "pellowby-cross",
        "UPDATE priorities_priority SET closed_on = '2025-12-31' WHERE neighbourhood_id = %s"
        " AND state = 'CLOSED'",
        {f"priorities/0/{name}" for name in ("state", "closed_on", "outcome", "outcome_cy")},
    ),
    (
        "pellowby-cross",
        "UPDATE priorities_action SET done_on = '2025-12-31' WHERE priority_id IN ("
        "SELECT id FROM priorities_priority WHERE neighbourhood_id = %s)"
        " AND done_on BETWEEN '2025-10-01' AND '2025-12-30'",
        {"priorities/0/actions/0/done_on"},
    ),
]

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def demonstration(django_db_setup, django_db_blocker) -> Iterator[None]:
    """Loaded once for this module, whose tests each take back what they do to it."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_demo(now=NOW)
        yield
        transaction.set_rollback(True)


def disagreeing() -> set[str]:
    """Where a bulletin, or the document of one, says something else than the tables."""
    said, known = dict(leaves(told())), dict(leaves(recomputed()))
    ways = {way for way in said.keys() | known.keys() if said.get(way) != known.get(way)}
    missing = said.keys() ^ known.keys()  # None is a value, too
    return {way.removeprefix("/").replace("/document", "") for way in ways | missing}


def test_every_figure_of_the_ten_bulletins():
    assert disagreeing() == set()

    assert len(told()) == Bulletin.objects.count() == 10
    assert len(set(Bulletin.objects.values_list("state", flat=True))) == 4
    assert len(dict(leaves(told()))) >= 380


def test_every_figure_of_other_quarters_of_the_same_tables():
    for quarter in OTHERS:
        prepare_quarter(quarter, now=NOW)

    assert disagreeing() == set()
    assert len(told()) == 40
    months = [month for figures in all_figures().values() for month in figures["crime"]["months"]]
    assert {month["supplied"] for month in months} == {True, False}


def test_every_figure_where_more_happened_than_the_demonstration_tells():
    before = all_figures()
    for number, message in enumerate(Message.objects.order_by("pk")):
        pause(message, hours=number % 90)
        if number % 20 < len(EDGES):
            move(message, EDGES[number % 20])
    end_posts()
    NamedContact.objects.filter(neighbourhood__code="tarrow-dock").delete()  # nobody, ever
    Bulletin.objects.all().delete()

    prepare_quarter(QUARTER, now=NOW)

    assert disagreeing() == set()
    after = all_figures()
    answers = [(before[name]["answers"], after[name]["answers"]) for name in before]
    assert [had for had, has in answers if has["due"] < had["due"]]
    assert [had for had, has in answers if has["in_time"] > had["in_time"]]
    states = {figures["officer"]["state"] for figures in after.values()}
    assert states == {"named", "vacant", "none"}


def test_what_residents_read_and_download_is_made_of_these_figures(client):
    published = {name: known for name, known in recomputed().items() if "document" in known}
    assert len(published) == 4
    for name, known in published.items():
        place = f"/areas/casterwell/{name.partition(' ')[0]}/bulletins/2025-Q4/"
        table = client.get(f"{place}figures.csv").content.decode().splitlines()
        page = client.get(place).content.decode()

        assert table == ["figure,month,value", *in_the_table(known["figures"])]
        text = " ".join(strip_tags(page).split())
        assert [said for said in on_the_page(known["figures"]) if said not in text] == [], name


@pytest.mark.parametrize(("code", "change", "figures"), CHANGES)
def test_a_table_that_changed_is_noticed(code, change, figures):
    place = Neighbourhood.objects.get(code=code)
    with connection.cursor() as cursor:
        cursor.execute(change, [place.pk])

    assert disagreeing() == {f"{code} 2025-Q4/figures/{figure}" for figure in figures}


def test_a_month_that_was_supplied_since_is_noticed():
    DataMonth.objects.filter(month=date(2025, 12, 1)).update(supplied=True)

    assert disagreeing() == {
        f"{place} 2025-Q4/figures/crime/months/2/supplied"
        for place in ("aberwennol", "cwm-brithell")
    }


def test_a_figure_that_nothing_recomputes_is_noticed():
    bulletin = Bulletin.objects.get(neighbourhood__code="harkstow")
    bulletin.figures["crime"]["months"][0]["outcomes"] = None
    bulletin.document = bulletin.document.replace('"due":', '"phoned":null,"due":')
    bulletin.save()

    assert disagreeing() == {
        "harkstow 2025-Q4/figures/crime/months/0/outcomes",
        "harkstow 2025-Q4/figures/answers/phoned",
    }


def pause(message: Message, *, hours: int) -> None:
    """The team waits for the resident from two hours after the receipt, which it says twice."""
    for kind, after in (("PAUSED", 2), ("PAUSED", 3), ("RESUMED", 3 + hours)):
        at = message.received_at + timedelta(hours=after)
        ClockEventFactory(message=message, kind=kind, at=at)


def move(message: Message, received_at: datetime) -> None:
    """The message came at another time, with all that happened to it."""
    moved = received_at - message.received_at
    message.clock_events.update(at=F("at") + moved)
    Message.objects.filter(pk=message.pk).update(received_at=received_at)


def end_posts() -> None:
    """Every third posting ends two days before the last, every third member one day later."""
    for number, contact in enumerate(NamedContact.objects.exclude(posting=None).order_by("pk")):
        if number % 3 == 0:
            Posting.objects.filter(pk=contact.posting_id).update(to_on=LAST - timedelta(2))
        if number % 3 == 1:
            Member.objects.filter(postings=contact.posting_id).update(ended_on=LAST - timedelta(1))


def all_figures() -> dict[str, dict]:
    return {name: said["figures"] for name, said in told().items()}


def in_the_table(figures: dict) -> Iterator[str]:
    states = [priority["state"] for priority in figures["priorities"]]
    yield f"police officer named,,{'yes' if figures['officer']['police_officer'] else 'no'}"
    yield f"priorities live,,{states.count('live')}"
    yield f"priorities finished,,{states.count('closed')}"
    yield f"messages due,,{figures['answers']['due']}"
    yield f"messages answered in 72 hours,,{figures['answers']['in_time']}"
    for month in figures["crime"]["months"]:
        yield f"crime,{month['month']},{month['crime']}"
        yield f"anti-social behaviour,{month['month']},{month['asb']}"


def on_the_page(figures: dict) -> Iterator[str]:
    """All four were supplied whole; one of them had too few messages for a percentage."""
    due, in_time = figures["answers"]["due"], figures["answers"]["in_time"]
    share = f" That is {in_time / due:.0%}." if due >= 20 else " Recorded crime"
    yield f"We answered {in_time} of {due} messages within 72 hours.{share}"
    crime, asb = (sum(m[kind] for m in figures["crime"]["months"]) for kind in ("crime", "asb"))
    yield f"{crime + asb} crimes and incidents were recorded from October to December 2025."
    yield f"{asb} of them were anti-social behaviour."
    for month in figures["crime"]["months"]:
        name = f"{date.fromisoformat(month['month'] + '-01'):%B %Y}"
        yield f"{name} {month['crime']} {month['asb']} {month['crime'] + month['asb']}"
