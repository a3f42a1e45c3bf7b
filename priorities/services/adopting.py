"""What a team takes on, does about it, and what came of it."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from neighbourhoods import outbox
from neighbourhoods.models import Neighbourhood
from priorities.models import Action, Option, Priority, PriorityUpdate
from priorities.models.priority import PLACES
from priorities.queries import results
from teams import audit
from teams.models import Event, Promise, TransitionNotAllowed, User
from teams.queries import refer_in
from teams.services.stamps import raise_stamp


class TooManyLivePriorities(Exception):
    """A team works on three priorities already."""


class ReasonMissing(Exception):
    """A team passes over what residents named more often, and does not say why."""


@transaction.atomic
def adopt_priority(
    *,
    neighbourhood: Neighbourhood,
    words: dict[str, str],
    option: Option | None,
    on: date,
    by: User,
) -> Priority:
    """Take something on from the day ``on``: an option of a published vote, or words of our own.

    ``words`` are title and why, each also in Welsh or not; an option brings its own title. The
    neighbourhood's row is locked first, so two sergeants cannot both take the last place.
    Raises TooManyLivePriorities, or ReasonMissing for an option that is not among the three
    that most residents named; nothing is saved then.
    """
    Neighbourhood.objects.select_for_update(no_key=True).get(pk=neighbourhood.pk)
    place = _free_place(neighbourhood)
    if option is not None:
        words = {**words, "title": option.title, "title_cy": option.title_cy}
        _require_reason(option, words["why"])
    priority = Priority.objects.create(
        neighbourhood=neighbourhood,
        option=option,
        round=option and option.round,
        place=place,
        adopted_on=on,
        **refer_in(words, neighbourhood),
    )
    _changed("priority.adopted", priority, by)
    return priority


@transaction.atomic
def add_action(*, priority: Priority, words: dict[str, str], due_on: date, by: User) -> Action:
    """Say what somebody will do, and by when. Raises TransitionNotAllowed once it is closed."""
    priority = _locked_live(priority)
    words = refer_in(words, priority.neighbourhood)
    action = Action.objects.create(priority=priority, due_on=due_on, **words)
    _changed("priority.action_added", priority, by, action=action.pk)
    return action


@transaction.atomic
def keep_promise(
    *, promise: Promise, priority: Priority, words: dict[str, str], due_on: date, by: User
) -> Action:
    """Make an action of what was promised at an event, once.

    The event's row is locked first, so of two who press at once the second is told, and
    nobody takes the promise back meanwhile. Raises TransitionNotAllowed.
    """
    Event.objects.select_for_update(no_key=True).get(pk=promise.event_id)
    if not Promise.objects.filter(pk=promise.pk, action__isnull=True).exists():
        raise TransitionNotAllowed(_("This promise has become an action already, or was changed."))
    action = add_action(priority=priority, words=words, due_on=due_on, by=by)
    action.promise = promise
    action.save(update_fields=["promise"])
    place = promise.event.neighbourhood_id
    audit.record("promise.kept", promise, by=by, neighbourhood=place, action=action.pk)
    return action


@transaction.atomic
def finish_action(*, action: Action, on: date, by: User) -> Action:
    """Say that an action was done on the day ``on``. Raises TransitionNotAllowed if it was."""
    priority = _locked_live(action.priority)
    action.refresh_from_db()
    if action.done_on is not None:
        raise TransitionNotAllowed(_("This action was done already."))
    action.done_on = on
    action.save(update_fields=["done_on"])
    _changed("priority.action_done", priority, by, action=action.pk)
    return action


@transaction.atomic
def update_priority(
    *, priority: Priority, words: dict[str, str], on: date, by: User
) -> PriorityUpdate:
    """Tell residents how the work goes, and announce it. Raises TransitionNotAllowed."""
    priority = _locked_live(priority)
    place = priority.neighbourhood
    words = refer_in(words, place)
    update = PriorityUpdate.objects.create(priority=priority, made_on=on, **words)
    _changed("priority.updated", priority, by, update=update.pk)
    outbox.announce(
        "priorities.priority_updated", update.pk, neighbourhood=place, topic="priorities"
    )
    return update


@transaction.atomic
def close_priority(*, priority: Priority, words: dict[str, str], on: date, by: User) -> Priority:
    """End a priority with what came of it; its place is free again. Raises TransitionNotAllowed."""
    priority = _locked_live(priority)
    priority.close(on=on, **refer_in(words, priority.neighbourhood))
    priority.save(update_fields=["state", "closed_on", "outcome", "outcome_cy"])
    _changed("priority.closed", priority, by)
    return priority


def _free_place(neighbourhood: Neighbourhood) -> int:
    taken = set(neighbourhood.priorities.live().values_list("place", flat=True))
    free = [place for place in PLACES if place not in taken]
    if not free:
        raise TooManyLivePriorities(
            _("The team works on three priorities already. Close one first.")
        )
    return free[0]


def _require_reason(option: Option, why: str) -> None:
    found = results(option.round)
    if found is None:
        raise TransitionNotAllowed(_("Publish the results of the vote first."))
    first = [count.option for count in found.counts[: len(PLACES)]]
    if found.broken_down and option not in first and not why:
        raise ReasonMissing(_("Say why: residents named three others more often."))


def _changed(verb: str, priority: Priority, by: User, **detail: object) -> None:
    raise_stamp(priority.neighbourhood)
    audit.record(verb, priority, by=by, neighbourhood=priority.neighbourhood_id, **detail)


def _locked_live(priority: Priority) -> Priority:
    """The row as it is now, held until the transaction ends."""
    rows = Priority.objects.select_for_update(no_key=True, of=("self",))
    found = rows.select_related("neighbourhood").get(pk=priority.pk)
    if found.state != Priority.State.LIVE:
        raise TransitionNotAllowed(_("This priority has been closed and can no longer be changed."))
    return found
