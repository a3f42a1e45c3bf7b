"""A bulletin as a page, a PDF and a preview show it: read from its document, or from a draft."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from types import SimpleNamespace

from neighbourhoods.models import Neighbourhood
from neighbourhoods.quarters import Quarter
from reports.models import Bulletin
from reports.wording import (
    MonthRow,
    answers_sentence,
    asb_sentence,
    crime_sentence,
    month_rows,
    percent,
)
from teams.models import Member
from teams.queries import PostState, without_hidden


@dataclass(frozen=True)
class Post:
    """Who was named on the quarter's last day. The name comes from the member as it is now."""

    state: str
    member: Member | None
    since: date | None
    police_officer: bool


@dataclass(frozen=True)
class Reading:
    """What there is to read in one bulletin, in the active language where it is a sentence."""

    neighbourhood: Neighbourhood
    quarter: Quarter
    post: Post
    priorities: list[SimpleNamespace]
    messages_due: int
    messages_in_time: int
    months: list[MonthRow]
    words: str
    words_cy: str
    made_at: datetime
    published_at: datetime | None = None
    sha256: str = ""

    @property
    def crime_text(self) -> str:
        said = (crime_sentence(self.months, self.quarter), asb_sentence(self.months))
        return " ".join(filter(None, said))

    @property
    def most_in_a_month(self) -> int:
        """The highest count of a month, as long as which the bars of the others are drawn."""
        return max((row.count for row in self.months), default=0)

    @property
    def answers_text(self) -> str:
        return answers_sentence(self.messages_due, self.messages_in_time)

    @property
    def answers_percent(self) -> int | None:
        return percent(self.messages_in_time, self.messages_due)

    @property
    def done(self) -> list[SimpleNamespace]:
        """The priorities of which there is something to tell."""
        return [priority for priority in self.priorities if priority.actions or priority.outcome]


def read_draft(bulletin: Bulletin) -> Reading:
    """What residents would read if the bulletin were published as it is. One query."""
    return _reading(
        bulletin,
        figures=bulletin.figures,
        words={"en": bulletin.words, "cy": bulletin.words_cy},
        made_at=bulletin.prepared_at,
    )


def read_published(bulletin: Bulletin) -> Reading:
    """A published bulletin, from its document alone but for the names in it. Two queries."""
    document = json.loads(without_hidden(bulletin.document, bulletin.neighbourhood.force))
    return _reading(
        bulletin,
        figures=document["figures"],
        words=document["words"],
        made_at=datetime.fromisoformat(document["made_at"]),
        published_at=datetime.fromisoformat(document["published_at"]),
        sha256=bulletin.sha256,
    )


def _reading(bulletin: Bulletin, *, figures: dict, words: dict, **dates: object) -> Reading:
    return Reading(
        neighbourhood=bulletin.neighbourhood,
        quarter=bulletin.period,
        post=_post(figures["officer"], bulletin.period.end),
        priorities=[_priority(told) for told in figures["priorities"]],
        messages_due=figures["answers"]["due"],
        messages_in_time=figures["answers"]["in_time"],
        months=month_rows(figures["crime"]["months"]),
        words=words["en"],
        words_cy=words["cy"],
        **dates,
    )


def _post(told: dict, on: date) -> Post:
    shown = Member.objects.public(on=on)
    member = told["member"] and shown.filter(pk=told["member"]).first()
    return Post(
        state=told["state"] if member or told["state"] != PostState.NAMED else "withheld",
        member=member,
        since=_day(told["since"]),
        police_officer=told["police_officer"],
    )


def _priority(told: dict) -> SimpleNamespace:
    actions = [
        SimpleNamespace(**action | {"done_on": _day(action["done_on"])})
        for action in told["actions"]
    ]
    days = {name: _day(told[name]) for name in ("adopted_on", "closed_on")}
    return SimpleNamespace(**told | days | {"actions": actions})


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
