"""A neighbourhood's priorities and events, from answers of the data.police.uk API."""

from dataclasses import dataclass
from datetime import date, datetime

from neighbourhoods.clock import london_instant
from neighbourhoods.models import Neighbourhood
from priorities.importers.policeuk.answers import BadAnswer, line_of, local_time_of, text_of
from priorities.models import Priority, PriorityUpdate
from priorities.models.priority import PLACES
from teams.models import Event

LONGEST_TITLE = Priority._meta.get_field("title").max_length
LONGEST_WHY = Priority._meta.get_field("why").max_length
LONGEST_TEXT = PriorityUpdate._meta.get_field("text").max_length
LONGEST_EVENT_TITLE = Event._meta.get_field("title").max_length
LONGEST_EVENT_PLACE = Event._meta.get_field("place").max_length
LONGEST_EVENT_TEXT = Event._meta.get_field("description").max_length


@dataclass(frozen=True)
class Issue:
    """One priority, and what was done about it."""

    title: str
    why: str
    adopted_on: date
    action: str
    acted_on: date | None


@dataclass(frozen=True)
class Meeting:
    title: str
    place: str
    description: str
    kind: str
    starts_at: datetime
    ends_at: datetime


def read_issue(answer: dict) -> Issue:
    """Raises BadAnswer for one without words or without a day."""
    words, issued = text_of(answer, "issue"), local_time_of(answer, "issue-date")
    if not words:
        raise BadAnswer("a priority without words, ''")
    if issued is None:
        raise BadAnswer(f"a priority without a day, {words[:60]!r}")
    title, why = _titled(words)
    action, acted = text_of(answer, "action"), local_time_of(answer, "action-date")
    return Issue(
        title=title,
        why=_shortened(why, LONGEST_WHY),
        adopted_on=issued.date(),
        action=_shortened(action, LONGEST_TEXT),
        acted_on=max((acted or issued).date(), issued.date()) if action else None,
    )


def read_meeting(answer: dict) -> Meeting:
    """Raises BadAnswer for an event without title, address or times that fit."""
    title, place = line_of(answer, "title"), line_of(answer, "address")
    starts, ends = local_time_of(answer, "start_date"), local_time_of(answer, "end_date")
    if not title or not place:
        raise BadAnswer(f"an event needs a title and an address, {title[:60]!r}, {place[:60]!r}")
    if not starts or not ends or ends <= starts:
        raise BadAnswer(f"an event needs a start and a later end, {starts}, {ends}")
    kinds = {"meeting": Event.Kind.BEAT_MEETING, "surgery": Event.Kind.SURGERY}
    return Meeting(
        title=_shortened(title, LONGEST_EVENT_TITLE),
        place=_shortened(place, LONGEST_EVENT_PLACE),
        description=_shortened(text_of(answer, "description"), LONGEST_EVENT_TEXT),
        kind=kinds.get(line_of(answer, "type").lower(), Event.Kind.OTHER),
        starts_at=london_instant(starts.date(), starts.time()),
        ends_at=london_instant(ends.date(), ends.time()),
    )


def store_issues(issues: list[Issue], neighbourhood: Neighbourhood) -> list[Issue]:
    """Adopt the newest of ``issues`` in the places that are free; return those that found none.

    One that stands already, live or closed, stays as it is.
    """
    standing = set(neighbourhood.priorities.values_list("title", "adopted_on"))
    taken = set(neighbourhood.priorities.live().values_list("place", flat=True))
    free = [place for place in PLACES if place not in taken]
    new = [issue for issue in issues if (issue.title, issue.adopted_on) not in standing]
    new.sort(key=lambda issue: issue.adopted_on, reverse=True)
    for place, issue in zip(free, new, strict=False):
        _adopt(issue, neighbourhood, place)
    return new[len(free) :]


def store_meetings(meetings: list[Meeting], neighbourhood: Neighbourhood) -> None:
    """Enter the events that do not stand already, known by title and start."""
    for meeting in meetings:
        Event.objects.get_or_create(
            neighbourhood=neighbourhood,
            title=meeting.title,
            starts_at=meeting.starts_at,
            defaults={
                name: getattr(meeting, name) for name in ("place", "description", "kind", "ends_at")
            },
        )


def _adopt(issue: Issue, neighbourhood: Neighbourhood, place: int) -> None:
    priority = Priority.objects.create(
        neighbourhood=neighbourhood,
        title=issue.title,
        why=issue.why,
        adopted_on=issue.adopted_on,
        place=place,
    )
    if issue.action:
        PriorityUpdate.objects.create(priority=priority, text=issue.action, made_on=issue.acted_on)


def _titled(words: str) -> tuple[str, str]:
    """The first line as title and the rest; where that line is too long, its start and all."""
    first, _, rest = words.partition("\n")
    title = _shortened(first, LONGEST_TITLE)
    return title, rest if title == first else words


def _shortened(text: str, longest: int) -> str:
    """The text cut at a word, with an ellipsis, where it is too long."""
    if len(text) <= longest:
        return text
    cut = text[: longest - 1]
    return f"{cut.rsplit(' ', 1)[0] if ' ' in cut else cut}…"
