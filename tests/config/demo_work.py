"""What has to be true of a team's updates and events in the demonstration, read from the rows."""

from collections import Counter
from datetime import date, datetime, timedelta

from neighbourhoods.clock import LONDON
from neighbourhoods.models import Neighbourhood
from teams.models import Event, PatrolUpdate, PublishingTrust
from teams.queries import findings_in
from teams.snapshots import is_held

UPDATES = {
    "DRAFT": ["Fires at the playground: what we are doing", "Did you see a van by the garages?"],
    "SCHEDULED": ["On the dock road this week"],
    "WITHDRAWN": ["Cordwain Street closed on Sunday morning"],
}
KINDS = {
    "PATROL": 5,
    "PLANNED": 2,
    "RESULT": 3,
    "ADVICE": 10,
    "EVENT": 4,
    "APPEAL": 2,
    "EMERGENCY": 1,
}
WITHOUT_WELSH_YET = ["Wristbands for small children on the beach"]
# place, days from D, from and to on London's clock
EVENTS = {
    "Have-a-say day at the library": ("harkstow", 6, "10:00", "13:00"),
    "Lanterngate beat meeting": ("lanterngate", 13, "18:30", "20:00"),
    "Brackmoor villages: meeting": ("brackmoor", 10, "19:00", "20:30"),
    "Surgery at the site office": ("nettlegate", 4, "16:00", "17:30"),
    "Pellowby Cross beat meeting": ("pellowby-cross", -14, "19:00", "20:30"),
    "Coffee with the team at the old harbour house": ("aberwennol", 5, "10:00", "11:30"),
    "Meeting about the mountain tracks": ("cwm-brithell", 16, "18:30", "20:00"),
}


def assert_updates(now: datetime, today: date) -> None:
    rows = list(PatrolUpdate.objects.select_related("neighbourhood__force").order_by("pk"))
    for state, titles in UPDATES.items():
        assert [u.title for u in rows if u.state == state] == titles
    published = [u for u in rows if u.state == "PUBLISHED"]
    for place in Neighbourhood.objects.values_list("code", flat=True):
        assert sum(u.neighbourhood.code == place for u in published) >= 2, place
    for update in rows:
        moments = [update.written_at, update.published_at, update.withdrawn_at, now]
        happened = [moment for moment in moments if moment]
        assert happened == sorted(happened), update.title
    welsh = [u for u in published if u.neighbourhood.force.welsh]
    assert [u.title for u in welsh if not u.text_cy] == WITHOUT_WELSH_YET
    seized = next(u for u in rows if u.title == "Two e-bikes seized by Tern Court")
    at = seized.published_at.astimezone(LONDON)
    assert (at.date(), at.hour, at.minute) == (today - timedelta(2), 16, 40)
    assert (seized.kind, seized.written_by.username, seized.published_by.username) == (
        "RESULT",
        "dee.ferncastle",
        "imran.dalvari",
    )
    withdrawn = next(u for u in rows if u.state == "WITHDRAWN")
    assert withdrawn.withdrawal_reason
    assert withdrawn.withdrawal_reason_cy
    assert_kinds_of_updates(now, today)


def assert_kinds_of_updates(now: datetime, today: date) -> None:
    """What is planned, held, pinned, over and stopped by the check."""
    rows = PatrolUpdate.objects.select_related("neighbourhood__force")
    assert Counter(rows.values_list("kind", flat=True)) == KINDS
    (walk,) = rows.filter(kind="PLANNED", state="PUBLISHED")
    assert ((walk.planned_on - today).days, walk.half_day, walk.on_trust) == (2, "AFTERNOON", True)
    (held,) = rows.filter(state="SCHEDULED")
    assert is_held(held.neighbourhood, now=now)
    assert held.publish_at < now
    (flood,) = rows.public(on=today).filter(pinned=True)
    assert (flood.neighbourhood.code, flood.kind) == ("thornhay", "EMERGENCY")
    over = rows.get(title__startswith="Have you seen this man?")
    assert (today - over.ends_on).days == 20
    assert over not in rows.public(on=today)
    stopped = rows.get(title="Did you see a van by the garages?")
    assert [finding.shape.value for finding in findings_in(stopped)] == ["plate"]
    trusted = PublishingTrust.objects.values_list("user__username", "neighbourhood__code")
    assert list(trusted) == [("dee.ferncastle", "harkstow")]


def assert_events(now: datetime, today: date) -> None:
    rows = Event.objects.select_related("neighbourhood")
    assert {event.title: meeting(event, today) for event in rows} == EVENTS
    assert all(event.title_cy and event.place_cy for event in rows)
    (cancelled,) = [event for event in rows if event.cancelled_at]
    assert cancelled.neighbourhood.code == "nettlegate"
    assert cancelled.cancelled_at < now < cancelled.starts_at
    assert cancelled.cancellation_reason
    assert cancelled.cancellation_reason_cy
    (moved,) = [event for event in rows if event.moves.exists()]
    assert moved.neighbourhood.code == "brackmoor"
    before = moved.former.starts_at.astimezone(LONDON)
    assert ((before.date() - today).days, f"{before:%H:%M}") == (3, "19:00")
    assert moved.added_at < moved.changed_at == moved.former.moved_at < now
    assert_what_was_promised(now, {event.title: event for event in rows})


def assert_what_was_promised(now: datetime, events: dict[str, Event]) -> None:
    """Who is named at which event, where one is, and what came of what was promised."""
    named = {title: [m.title for m in event.hosts.all()] for title, event in events.items()}
    assert {title: names for title, names in named.items() if names} == {
        "Have-a-say day at the library": ["PC Tamsin Quillow"],
        "Pellowby Cross beat meeting": ["PC Grace Winterlode"],
        "Coffee with the team at the old harbour house": ["PC Carys Morwenlyn"],
    }
    venues = {event.venue.name for event in events.values() if event.venue}
    assert venues == {"Harkstow Library"}
    (noted,) = [event for event in events.values() if event.noted_at]
    assert (noted.neighbourhood.code, noted.attended) == ("pellowby-cross", 22)
    assert noted.ends_at < noted.noted_at < now
    assert noted.notes_cy
    promises = list(noted.promises.select_related("action__priority"))
    assert [bool(promise.what_cy and promise.action.pk) for promise in promises] == [True] * 4
    assert [bool(promise.action.done_on) for promise in promises] == [True, False, False, False]
    assert {p.action.priority.title for p in promises} == {"Lighting at the bus stops"}


def meeting(event: Event, today: date) -> tuple[str, int, str, str]:
    start, end = (at.astimezone(LONDON) for at in (event.starts_at, event.ends_at))
    return event.neighbourhood.code, (start.date() - today).days, f"{start:%H:%M}", f"{end:%H:%M}"
