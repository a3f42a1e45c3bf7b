"""What has to be true of what residents of the demonstration said and were told.

Read from the rows by code of its own: nothing here comes from the loader or its files.
"""

import hashlib
import json
from collections import Counter
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings

from feedback.models import ContactDetails, Message
from neighbourhoods.models import Following
from priorities.models import Action, Priority, Round, Vote, VoteChoice
from reports.models import Bulletin, CrimeCount, DataMonth
from teams.models import TransitionNotAllowed
from tests.config.demo_work import assert_events

LONDON = ZoneInfo("Europe/London")
# place → first day, last day, day of publication from D; votes counted and waiting
ROUNDS = {
    "harkstow": (-58, -37, -30, 101, 0),
    "lanterngate": (-9, 12, None, 47, 6),
    "brackmoor": (-75, -54, -49, 3, 0),
    "fennimore": (None, 31, None, 0, 0),
    "aberwennol": (-70, -49, -44, 26, 0),
}
CONNECTIONS = {
    "harkstow": {"LIVES": 76, "WORKS": 14, "BUSINESS": 11},
    "lanterngate": {"LIVES": 29, "WORKS": 11, "BUSINESS": 7},
    "brackmoor": {"LIVES": 3},
    "aberwennol": {"LIVES": 20, "WORKS": 2, "BUSINESS": 4},
}
NAMED = {
    "E-bikes and off-road bikes on the paths": 71,
    "Dealing round Tern Court garages": 52,
    "Speeding on Harkstow Road": 47,
    "Fires and damage at the playground": 44,
    "Parking at the school gates": 38,
    "Break-ins to sheds and garages": 33,
}
LIVE = {
    "lanterngate": ["Shop theft"],
    "harkstow": [
        "E-bikes and off-road bikes on the paths",
        "Dealing round Tern Court garages",
        "Fires and damage at the playground",
    ],
    "pellowby-cross": ["Lighting at the bus stops"],
    "brackmoor": ["Theft of lambs and quad bikes", "Speeding through Nether Brack"],
    "tarrow-dock": ["Fires in skips"],
    "fennimore": ["Bike theft from the halls"],
    "nettlegate": ["Works traffic at school time"],
    "thornhay": ["Theft of fuel from farms"],
    "aberwennol": ["Fights over parking on the front"],
    "cwm-brithell": ["Off-road bikes on the mountain"],
}
# reference → hours since the receipt, until the sergeant was asked, until the answer
MESSAGES = {
    "M-NETT-01": (79, 73, None),
    "M-FENN-02": (130, 73, 101),
    "M-HARK-03": (50, None, None),
    "M-HARK-04": (44, None, None),
    "M-HARK-05": (38, None, None),
    "M-HARK-06": (32, None, None),
    "M-HARK-07": (26, None, None),
    "M-HARK-08": (20, None, None),
    "M-HARK-09": (30, None, 4),
    "M-PELL-11": (26, None, 3),
    "M-BRIT-12": (40, None, 31),
    "M-LANT-13": (10, None, None),
    "M-ABER-18": (30, None, None),
}
IN_TIME = {
    "lanterngate": (52, 61),
    "harkstow": (37, 44),
    "pellowby-cross": (24, 25),
    "brackmoor": (12, 12),
    "tarrow-dock": (31, 40),
    "fennimore": (20, 28),
    "nettlegate": (17, 21),
    "thornhay": (16, 19),
    "aberwennol": (21, 23),
    "cwm-brithell": (9, 9),
}
PELLOWBY = """60 64 57 66 62 59 68 63 55 61 67 58 64 70 61 57 66 - 63 60 68 59 65 62 58 66 61"""
SHOP_THEFT = """21 24 19 23 26 20 22 25 18 24 21 23 20 26 22 19 24 - 23 21 25 22 20 24 23 38 36"""
# place → all that was recorded in the 27 months, and in the last three
RECORDED = {
    "lanterngate": (3972, 469),
    "harkstow": (2120, 258),
    "pellowby-cross": (1620, 185),
    "brackmoor": (337, 39),
    "tarrow-dock": (1875, 225),
    "fennimore": (2309, 283),
    "nettlegate": (570, 74),
    "thornhay": (664, 71),
    "aberwennol": (1757, 156),
    "cwm-brithell": (763, 48),
}
# place → state, who wrote, who decided
BULLETINS = {
    "lanterngate": ("PUBLISHED", "moira.stonequay", "ruth.quillfeather"),
    "harkstow": ("PUBLISHED", "imran.dalvari", "ruth.quillfeather"),
    "pellowby-cross": ("PUBLISHED", "kofi.tarnwick", "daniel.fenharrow"),
    "thornhay": ("PUBLISHED", "beth.arkenside", "daniel.fenharrow"),
    "tarrow-dock": ("SUBMITTED", "moira.stonequay", None),
    "brackmoor": ("SUBMITTED", "beth.arkenside", None),
    "fennimore": ("SUBMITTED", "moira.stonequay", None),
    "nettlegate": ("SENT_BACK", "imran.dalvari", "ruth.quillfeather"),
    "aberwennol": ("SUBMITTED", "iwan.pennhesgin", None),
    "cwm-brithell": ("DRAFT", "iwan.pennhesgin", None),
}


def assert_say(now: datetime) -> None:
    """What residents said and were told stands in its stated state at ``now``."""
    today = now.astimezone(LONDON).date()
    assert_events(now, today)
    assert_rounds(now, today)
    assert_votes(now)
    assert_priorities(today)
    assert_messages(now)
    assert_quarters_messages(today)
    assert_figures(today)
    assert_bulletins(today)
    assert_followings(now)


def assert_rounds(now: datetime, today: date) -> None:
    rows = {round_.neighbourhood.code: round_ for round_ in Round.objects.all()}
    assert {place: course(round_, today) for place, round_ in rows.items()} == ROUNDS
    assert [p for p, r in rows.items() if r.opens_at and r.opens_at <= now < r.closes_at] == [
        "lanterngate"
    ]
    assert {place: round_.options.count() for place, round_ in rows.items()} == {
        "harkstow": 6,
        "lanterngate": 6,
        "brackmoor": 3,
        "fennimore": 3,
        "aberwennol": 4,
    }
    for round_ in rows.values():
        assert round_.title_cy
        assert all(option.title_cy for option in round_.options.all())


def course(round_: Round, today: date) -> tuple[int | None, int, int | None, int, int]:
    """First, last and publication day from D; votes that count, and that wait."""
    last = (round_.closes_at - timedelta(seconds=1)).astimezone(LONDON).date()
    states = Counter(round_.votes.values_list("state", flat=True))
    assert states.keys() <= {"COUNTED", "PENDING"}
    return (
        from_d(round_.opens_at, today),
        (last - today).days,
        from_d(round_.published_at, today),
        states["COUNTED"],
        states["PENDING"],
    )


def from_d(at: datetime | None, today: date) -> int | None:
    return (at.astimezone(LONDON).date() - today).days if at else None


def assert_votes(now: datetime) -> None:
    choices = VoteChoice.objects.filter(vote__round__neighbourhood__code="harkstow")
    named = Counter(choices.values_list("option__title", flat=True))
    assert named == NAMED
    assert sum(named.values()) == 285
    assert set(Counter(choices.values_list("vote", flat=True)).values()) == {2, 3}
    who = {place: Counter() for place in CONNECTIONS}
    for vote in Vote.objects.filter(state="COUNTED").select_related("round__neighbourhood"):
        who[vote.round.neighbourhood.code][vote.connection] += 1
    assert who == CONNECTIONS
    for vote in Vote.objects.select_related("round"):
        moments = [vote.round.opens_at, vote.asked_at, vote.confirmed_at]
        moments.append(min(now, vote.round.closes_at))
        happened = [moment for moment in moments if moment]
        assert happened == sorted(happened)
        assert 1 <= vote.choices.count() <= 3
    keys = Vote.objects.values_list("mailbox_key", flat=True)
    assert len(set(keys)) == len(keys)


def assert_priorities(today: date) -> None:
    rows = list(Priority.objects.select_related("neighbourhood").order_by("place"))
    live = {
        place: [p.title for p in rows if p.state == "LIVE" and p.neighbourhood.code == place]
        for place in LIVE
    }
    assert live == LIVE
    assert all(priority.title_cy for priority in rows)
    told = {p.title: max(u.made_on for u in p.updates.all()) for p in rows}
    silent = {title: (today - on).days for title, on in told.items() if (today - on).days > 30}
    assert silent.pop("Stones thrown at buses on Larch Way") == 150
    assert silent == {"Bike theft from the halls": 97}
    assert_harkstows_priorities(today)
    (closed,) = [priority for priority in rows if priority.state == "CLOSED"]
    assert closed.title == "Stones thrown at buses on Larch Way"
    assert ((today - closed.adopted_on).days, (today - closed.closed_on).days) == (350, 70)
    assert "26 in the 12 weeks before" in closed.outcome
    assert "3 in the 12 weeks" in closed.outcome
    assert "26 yn y 12 wythnos cyn" in closed.outcome_cy
    assert closed.actions.filter(done_on__isnull=False).count() == closed.actions.count() == 3


def assert_harkstows_priorities(today: date) -> None:
    adopted = Priority.objects.filter(neighbourhood__code="harkstow").order_by("place")
    assert {(today - priority.adopted_on).days for priority in adopted} == {30}
    assert all(priority.option.title == priority.title for priority in adopted)
    assert [bool(priority.why) for priority in adopted] == [False, False, True]
    assert "three votes behind" in adopted[2].why  # 44 of 47
    actions = Action.objects.filter(priority=adopted[0]).order_by("due_on")
    assert [bool(action.done_on) for action in actions] == [False, True, False]
    late = Action.objects.filter(done_on__isnull=True, due_on__lt=today)
    assert [(today - action.due_on).days for action in late] == [9]


def assert_messages(now: datetime) -> None:
    rows = {m.reference: m for m in Message.objects.filter(reference__startswith="M-")}
    assert {reference: clock(message, now) for reference, message in rows.items()} == MESSAGES
    mails = ContactDetails.objects.values_list("message__reference", "email")
    assert {reference for reference, _ in mails} == rows.keys()
    assert {mail.rpartition("@")[2] for _, mail in mails} == {"example.org"}
    asked = rows["M-NETT-01"].escalation_notices.values_list("user__username", flat=True)
    assert list(asked) == ["imran.dalvari"]
    assert {m.reference for m in rows.values() if m.language == "cy"} == {"M-BRIT-12", "M-ABER-18"}


def clock(message: Message, now: datetime) -> tuple[float, float | None, float | None]:
    """Hours since the receipt, and from it until the sergeant was asked and the answer came."""
    at = {event.kind: event.at for event in message.clock_events.all()}
    assert at["RECEIVED"] == message.received_at
    assert [reply.sent_at for reply in message.replies.all()] == [
        moment for kind, moment in at.items() if kind == "ANSWERED"
    ]
    return (
        hours(message.received_at, now),
        hours(message.received_at, at.get("ESCALATED")),
        hours(message.received_at, at.get("ANSWERED")),
    )


def hours(start: datetime, end: datetime | None) -> float | None:
    return (end - start) / timedelta(hours=1) if end else None


def assert_quarters_messages(today: date) -> None:
    months = newest_quarter(today)
    rows = Message.objects.exclude(reference__startswith="M-").select_related("neighbourhood")
    found = {place: [0, 0] for place in IN_TIME}
    for message in rows.prefetch_related("clock_events", "replies"):
        received = message.received_at.astimezone(LONDON).date()
        assert received.replace(day=1) in months
        (reply,) = message.replies.all()
        assert reply.written_by
        tally = found[message.neighbourhood.code]
        tally[0] += hours(message.received_at, reply.sent_at) <= 72
        tally[1] += 1
    assert {place: tuple(tally) for place, tally in found.items()} == IN_TIME
    casterwell = [found[place] for place in IN_TIME if place not in ("aberwennol", "cwm-brithell")]
    assert [sum(column) for column in zip(*casterwell, strict=True)] == [209, 250]


def newest_quarter(today: date) -> list[date]:
    """The first days of the newest quarter whose last month ended two months ago or earlier."""
    quarters = (
        [date(year, month, 1) for month in (number, number + 1, number + 2)]
        for year in range(today.year, today.year - 2, -1)
        for number in (10, 7, 4, 1)
    )
    return next(months for months in quarters if on_after(months[2], 3) <= today)


def on_after(first: date, months: int) -> date:
    """The first of the month so many months after; before, for a negative number."""
    for _ in range(abs(months)):
        first = (first + timedelta(31 if months > 0 else -1)).replace(day=1)
    return first


def assert_figures(today: date) -> None:
    last = newest_quarter(today)[2]
    months = [on_after(last, -back) for back in range(26, -1, -1)]
    for force, missing in (("casterwell", 17), ("glannau-brithell", 26)):
        rows = DataMonth.objects.filter(force=force)
        assert [row.month for row in rows if row.month <= last] == months
        newest = max(row.month for row in rows)
        assert on_after(newest, 3) <= today < on_after(newest, 4)
        assert [row.month for row in rows if not row.supplied] == [months[missing]]
    counts = list(CrimeCount.objects.select_related("neighbourhood"))
    assert series(counts, months, "pellowby-cross") == written(PELLOWBY)
    theft = [row for row in counts if row.crime_type == "Shoplifting"]
    assert series(theft, months, "lanterngate") == written(SHOP_THEFT)
    found = {}
    for place in RECORDED:
        by_month = series(counts, months, place)
        found[place] = (sum(by_month), sum(by_month[-3:]))
    assert found == RECORDED


def series(counts: list[CrimeCount], months: list[date], place: str) -> list[int]:
    """What was recorded in each month; nothing in one that was not supplied."""
    by_month = Counter()
    for row in counts:
        if row.neighbourhood.code == place:
            by_month[row.month] += row.count
    return [by_month[month] for month in months]


def written(text: str) -> list[int]:
    return [0 if said == "-" else int(said) for said in text.split()]


def assert_bulletins(today: date) -> None:
    rows = {b.neighbourhood.code: b for b in Bulletin.objects.select_related("neighbourhood")}
    assert {place: decided(bulletin) for place, bulletin in rows.items()} == BULLETINS
    assert {bulletin.quarter for bulletin in rows.values()} == {newest_quarter(today)[0]}
    for place, bulletin in rows.items():
        answers = bulletin.figures["answers"]
        assert (answers["in_time"], answers["due"]) == IN_TIME[place]
        supplied = [month["supplied"] for month in bulletin.figures["crime"]["months"]]
        assert supplied == [True, True, place not in ("aberwennol", "cwm-brithell")]
        assert [user.pk for user in bulletin.authors.all()] == [bulletin.written_by_id]
    for bulletin in rows.values():
        if bulletin.state == "PUBLISHED":
            assert_published(bulletin, today)
    assert "17 of 21 against 15 of 18" in rows["nettlegate"].sent_back_reason
    assert rows["aberwennol"].words_cy
    assert (bool(rows["cwm-brithell"].words), rows["cwm-brithell"].words_cy) == (True, "")
    with pytest.raises(TransitionNotAllowed):
        rows["cwm-brithell"].submit(at=rows["cwm-brithell"].prepared_at)


def decided(bulletin: Bulletin) -> tuple[str, str, str | None]:
    reviewer = bulletin.reviewed_by
    return bulletin.state, bulletin.written_by.username, reviewer and reviewer.username


def assert_published(bulletin: Bulletin, today: date) -> None:
    at = bulletin.published_at.astimezone(LONDON)
    assert (at.date(), f"{at:%H:%M}") == (today - timedelta(6), "09:30")
    assert hashlib.sha256(bulletin.document.encode()).hexdigest() == bulletin.sha256
    document = json.loads(bulletin.document)
    assert document["approved_by"] == "inspector"
    assert document["words"]["en"] == bulletin.words
    recorded = sum(m["crime"] + m["asb"] for m in document["figures"]["crime"]["months"])
    assert recorded == RECORDED[bulletin.neighbourhood.code][1]


def assert_followings(now: datetime) -> None:
    rows = Following.objects.select_related("follower", "neighbourhood")
    assert Counter(row.neighbourhood.code for row in rows) == {
        "harkstow": 3,
        "lanterngate": 2,
        "pellowby-cross": 1,
        "thornhay": 1,
        "aberwennol": 1,
    }
    assert all(row.confirmed_at and row.confirmed_at <= now for row in rows)
    assert {row.follower.email.rpartition("@")[2] for row in rows} == {"example.org"}
    languages = dict(settings.LANGUAGES)
    assert all(row.follower.language in languages for row in rows)
