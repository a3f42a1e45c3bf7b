"""A round from its draft to its results. It closes by the clock alone."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from neighbourhoods import outbox
from neighbourhoods.clock import LONDON
from neighbourhoods.models import Neighbourhood
from priorities.models import Option, Round, Vote
from priorities.models.round import FEWEST_OPTIONS
from priorities.round_keys import make_round_key
from teams import audit
from teams.models import TransitionNotAllowed, User
from teams.queries import refer_in
from teams.services.stamps import raise_stamp


class RoundNotOver(Exception):
    """A neighbourhood has a round already that is not over."""


@transaction.atomic
def write_round(
    *,
    neighbourhood: Neighbourhood,
    words: dict[str, str],
    options: Sequence[dict[str, str]],
    closes_on: date,
    by: User,
) -> Round:
    """Keep a draft: ``words`` is its title, ``options`` theirs, each also in Welsh or not.

    It closes at the end of the day ``closes_on`` in London. Raises RoundNotOver, decided by
    the database: of two who write at once the second is told.
    """
    words = refer_in(words, neighbourhood)
    round_ = Round(neighbourhood=neighbourhood, closes_at=end_of_day(closes_on), **words)
    try:
        with transaction.atomic():
            round_.save()
    except IntegrityError as exc:
        raise RoundNotOver(
            _("There is a vote here already. Publish its results, or delete its draft, first.")
        ) from exc
    _replace_options(round_, options)
    audit.record("round.written", round_, by=by, neighbourhood=neighbourhood.pk)
    return round_


@transaction.atomic
def rewrite_round(
    *,
    round_: Round,
    words: dict[str, str],
    options: Sequence[dict[str, str]],
    closes_on: date,
    by: User,
) -> Round:
    """Replace what a draft says. Raises TransitionNotAllowed once it is no draft any more."""
    round_ = _locked_draft(round_)
    for field, text in refer_in(words, round_.neighbourhood).items():
        setattr(round_, field, text)
    round_.closes_at = end_of_day(closes_on)
    round_.save(update_fields=[*words, "closes_at"])
    _replace_options(round_, options)
    audit.record("round.rewritten", round_, by=by, neighbourhood=round_.neighbourhood_id)
    return round_


@transaction.atomic
def discard_round(*, round_: Round, by: User) -> None:
    """Throw a draft away. Raises TransitionNotAllowed once it is no draft any more."""
    round_ = _locked_draft(round_)
    audit.record("round.discarded", round_, by=by, neighbourhood=round_.neighbourhood_id)
    round_.delete()


@transaction.atomic
def open_round(*, round_: Round, by: User, now: datetime) -> Round:
    """Let residents vote from now on, make the round's key, and announce it once.

    Raises TransitionNotAllowed for what is no draft, closes in the past or offers no choice.
    """
    round_ = _locked_draft(round_)
    if round_.closes_at <= now:
        raise TransitionNotAllowed(_("The closing day has passed. Change it first."))
    if round_.options.count() < FEWEST_OPTIONS:
        raise TransitionNotAllowed(_("Residents need at least two matters to choose from."))
    make_round_key(round_.pk)
    round_.opens_at = now
    round_.boundary_set_id = round_.neighbourhood.force.boundary_set_id
    round_.save(update_fields=["opens_at", "boundary_set"])
    raise_stamp(round_.neighbourhood)
    audit.record("round.opened", round_, by=by, neighbourhood=round_.neighbourhood_id)
    _announce("priorities.round_opened", round_)
    return round_


@transaction.atomic
def publish_results(*, round_: Round, by: User, now: datetime) -> Round:
    """Show the results of a round that has closed, and announce them once.

    Votes that nobody confirmed expire. Raises TransitionNotAllowed; nothing is saved then.
    """
    round_ = _locked(round_)
    if round_.published_at is not None:
        raise TransitionNotAllowed(_("These results have been published already."))
    if not round_.is_over(now):
        raise TransitionNotAllowed(_("Results can be published once the vote has closed."))
    round_.votes.filter(state=Vote.State.PENDING).update(state=Vote.State.EXPIRED)
    round_.published_at = now
    round_.save(update_fields=["published_at"])
    raise_stamp(round_.neighbourhood)
    audit.record("round.published", round_, by=by, neighbourhood=round_.neighbourhood_id)
    _announce("priorities.results_published", round_)
    return round_


def end_of_day(on: date) -> datetime:
    """The midnight that ends the day ``on`` in London."""
    after = on + timedelta(days=1)
    return datetime(after.year, after.month, after.day, tzinfo=LONDON)


def _replace_options(round_: Round, options: Sequence[dict[str, str]]) -> None:
    round_.options.all().delete()
    told = {(n, field): text for n, words in enumerate(options, 1) for field, text in words.items()}
    kept = refer_in(told, round_.neighbourhood)
    Option.objects.bulk_create(
        Option(round=round_, position=n, **{field: kept[n, field] for field in words})
        for n, words in enumerate(options, start=1)
    )


def _announce(kind: str, round_: Round) -> None:
    outbox.announce(kind, round_.pk, neighbourhood=round_.neighbourhood, topic="priorities")


def _locked(round_: Round) -> Round:
    """The row as it is now, held until the transaction ends."""
    rows = Round.objects.select_for_update(no_key=True, of=("self",))
    found = rows.select_related("neighbourhood__force").filter(pk=round_.pk).first()
    if found is None:
        raise TransitionNotAllowed(_("This draft has been deleted."))
    return found


def _locked_draft(round_: Round) -> Round:
    found = _locked(round_)
    if not found.is_draft:
        raise TransitionNotAllowed(_("This vote has been opened and can no longer be changed."))
    return found
