"""An event as it is read outside of pages: in mails, feeds and calendars, in either language."""

from dataclasses import dataclass

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from neighbourhoods.clock import LONDON
from neighbourhoods.languages import ENGLISH, WELSH, text_in
from teams.models import Event, EventMove


@dataclass(frozen=True)
class EventTold:
    """An event in ``language``, that of its title; ``about`` is all but title, time and place."""

    event: Event
    language: str
    title: str
    when: str
    place: str
    about: str


def event_told_in(language: str, event: Event) -> EventTold:
    """The event in ``language``, or in English where there is no Welsh title.

    Two queries more unless it was fetched with its details.
    """
    language = WELSH if language == WELSH and event.title_cy else ENGLISH
    with translation.override(language):
        return EventTold(
            event=event,
            language=language,
            title=_title(event, language),
            when=when(event),
            place=text_in(language, event, "place")[0],
            about="\n\n".join(filter(None, _about(event, language))),
        )


def when(event: Event | EventMove) -> str:
    """Day and times in London, in the language that is active."""
    starts, ends = event.starts_at.astimezone(LONDON), event.ends_at.astimezone(LONDON)
    return _("%(day)s, %(begins)s to %(ends)s") % {
        "day": date_format(starts, "l j F Y"),
        "begins": date_format(starts, "H:i"),
        "ends": date_format(ends, "H:i"),
    }


def former_in_words(event: Event, language: str) -> str:
    """When it was to be before it was moved, and where if that was elsewhere; empty if it was not.

    In the language that is active, the place in ``language``.
    """
    former = event.former
    if former is None:
        return ""
    told = _("Moved from %(when)s") % {"when": when(former)}
    if former.place == event.place:
        return told
    return f"{told}, {text_in(language, former, 'place')[0]}"


def _title(event: Event, language: str) -> str:
    title, _language = text_in(language, event, "title")
    return _("Cancelled: %(title)s") % {"title": title} if event.cancelled_at else title


def _about(event: Event, language: str) -> list[str]:
    """What there is to say, the most urgent first."""
    said = (text_in(language, event, name)[0] for name in ("cancellation_reason", "description"))
    venue = event.venue and text_in(language, event.venue, "access")[0]
    return [
        next(said),
        former_in_words(event, language),
        next(said),
        _("From the team: %(people)s") % {"people": event.hosts_in_words},
        text_in(language, event, "access")[0],
        venue or "",
    ]
