"""The words of what priorities announces and posts. Called by the sender, through NEWS."""

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from neighbourhoods.languages import text_in
from neighbourhoods.models import Neighbourhood
from neighbourhoods.notifications import NewsItem
from priorities.models import PriorityUpdate, Round, Vote

CONFIRM_VOTE = "priorities.confirm_vote"


def confirm_vote(pk: int, *, language: str, now: datetime) -> NewsItem | None:
    """The mail that asks whether a vote is meant; None once it is of no use any more.

    Whoever sees a mailbox of others reads neither where they live nor what they chose.
    """
    waiting = Vote.objects.filter(state=Vote.State.PENDING, round__closes_at__gt=now)
    if not waiting.filter(pk=pk).exists():
        return None
    return NewsItem(
        title=_("Your local team: please confirm"),
        text=_(
            "You answered a question of your local policing team. Open the link and press the "
            "button: until then your answer does not count. "
            "If it was not you, do nothing and nothing will happen."
        ),
        url=reverse("priorities:vote_confirm"),
        link_text=_("Open the page with the button"),
        purpose=CONFIRM_VOTE,
        link_lives=timedelta(days=7),
    )


def round_opened(pk: int, *, language: str, now: datetime) -> NewsItem | None:
    """That residents can vote; None once they no longer can."""
    round_ = Round.objects.open(now=now).select_related("neighbourhood").filter(pk=pk).first()
    if round_ is None:
        return None
    return NewsItem(
        title=_("%(place)s: vote on what your team works on")
        % {"place": text_in(language, round_.neighbourhood, "name")[0]},
        text=_("%(question)s You can vote until the end of %(day)s.")
        % {
            "question": text_in(language, round_, "title")[0],
            "day": date_format(round_.last_on, "j F Y"),
        },
        url=_url("priorities:vote", round_.neighbourhood),
        link_text=_("Vote"),
    )


def results_published(pk: int, *, language: str, now: datetime) -> NewsItem | None:
    """That the results can be read."""
    round_ = Round.objects.published().select_related("neighbourhood").filter(pk=pk).first()
    if round_ is None:
        return None
    return NewsItem(
        title=_("%(place)s: what residents chose")
        % {"place": text_in(language, round_.neighbourhood, "name")[0]},
        text=_("The results of the vote can now be read."),
        url=_url("feedback:priority_list", round_.neighbourhood),
        link_text=_("See the results"),
    )


def priority_updated(pk: int, *, language: str, now: datetime) -> NewsItem | None:
    """What the team tells of its work on a priority."""
    updates = PriorityUpdate.objects.select_related("priority__neighbourhood")
    update = updates.filter(pk=pk).first()
    if update is None:
        return None
    place = update.priority.neighbourhood
    title, _language = text_in(language, update.priority, "title")
    return NewsItem(
        title=f"{text_in(language, place, 'name')[0]}: {title}",
        text=text_in(language, update, "text")[0],
        url=_url("feedback:priority_list", place),
        link_text=_("See what your team works on"),
    )


def _url(name: str, neighbourhood: Neighbourhood) -> str:
    return reverse(name, kwargs=neighbourhood.url_kwargs)
