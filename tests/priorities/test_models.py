from copy import copy
from datetime import UTC, date, datetime, timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from priorities.models import Priority, Round, Vote
from teams.models import TransitionNotAllowed
from tests.factories.neighbourhoods import NeighbourhoodFactory
from tests.factories.priorities import (
    CLOSED,
    DURING,
    OPENED,
    PUBLISHED,
    ActionFactory,
    OptionFactory,
    PriorityFactory,
    PriorityUpdateFactory,
    RoundFactory,
    VoteChoiceFactory,
    VoteFactory,
)

pytestmark = pytest.mark.django_db

# (constraint, factory, its arguments, the change that the database refuses)
CHANGES = [
    ("round_has_title", RoundFactory, {}, {"title": ""}),
    ("round_closes_after_it_opens", RoundFactory, {}, {"opens_at": CLOSED}),
    ("round_published_after_it_closed", RoundFactory, {}, {"published_at": PUBLISHED}),
    (
        "round_published_after_it_closed",
        RoundFactory,
        {"opened": True},
        {"published_at": CLOSED - timedelta(seconds=1)},
    ),
    ("option_has_title", OptionFactory, {}, {"title": ""}),
    ("vote_one_slot", VoteFactory, {}, {"slot": 2}),
    ("vote_mailbox_key_is_a_digest", VoteFactory, {}, {"mailbox_key": "tamsin@example.org"}),
    ("vote_confirmed_has_its_moment", VoteFactory, {}, {"state": "COUNTED"}),
    ("vote_confirmed_has_its_moment", VoteFactory, {"counted": True}, {"state": "EXPIRED"}),
    ("votechoice_one_of_three", VoteChoiceFactory, {}, {"place": 0}),
    ("votechoice_one_of_three", VoteChoiceFactory, {}, {"place": 4}),
    ("priority_has_title", PriorityFactory, {}, {"title": ""}),
    ("priority_one_of_three", PriorityFactory, {}, {"place": 0}),
    ("priority_one_of_three", PriorityFactory, {}, {"place": 4}),
    ("priority_closed_has_date_and_outcome", PriorityFactory, {}, {"outcome": "Better."}),
    ("priority_closed_has_date_and_outcome", PriorityFactory, {"closed": True}, {"outcome": ""}),
    (
        "priority_closed_has_date_and_outcome",
        PriorityFactory,
        {"closed": True},
        {"closed_on": None},
    ),
    (
        "priority_closes_after_it_was_adopted",
        PriorityFactory,
        {"closed": True},
        {"closed_on": date(2026, 3, 19)},
    ),
    ("action_says_what_and_who", ActionFactory, {}, {"what": ""}),
    ("action_says_what_and_who", ActionFactory, {}, {"owner": ""}),
    ("priorityupdate_has_text", PriorityUpdateFactory, {}, {"text": ""}),
]
# (constraint, factory, its arguments, what a second row has to differ in beside its key)
SECOND_ROWS = [
    ("round_one_at_a_time", RoundFactory, {}, {}),
    ("option_position_unique", OptionFactory, {}, {"title": "Another"}),
    ("option_title_unique", OptionFactory, {}, {"position": 30_500}),
    ("vote_one_counted_for_a_mailbox", VoteFactory, {"counted": True}, {}),
    ("priority_place_unique_while_live", PriorityFactory, {}, {}),
]
OTHERS = {
    "votechoice_place_unique",
    "votechoice_option_unique",
    "priority_option_has_its_round",
}


@pytest.mark.parametrize(("name", "factory", "arguments", "change"), CHANGES)
def test_the_database_refuses(name, factory, arguments, change):
    row = factory(**arguments)

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        type(row).objects.filter(pk=row.pk).update(**change)


@pytest.mark.parametrize(("name", "factory", "arguments", "change"), SECOND_ROWS)
def test_the_database_refuses_a_second_row(name, factory, arguments, change):
    second = copy(factory(**arguments))
    second.pk = None
    second._state.adding = True
    for field, value in change.items():
        setattr(second, field, value)

    with pytest.raises(IntegrityError), transaction.atomic():
        second.save()


def test_a_vote_names_each_option_and_fills_each_place_once():
    choice = VoteChoiceFactory()
    other = OptionFactory(round=choice.vote.round)

    with pytest.raises(IntegrityError), transaction.atomic():  # votechoice_option_unique
        VoteChoiceFactory(vote=choice.vote, option=choice.option, place=2)
    with pytest.raises(IntegrityError), transaction.atomic():  # votechoice_place_unique
        VoteChoiceFactory(vote=choice.vote, option=other, place=1)


def test_an_option_brings_its_round():
    with pytest.raises(IntegrityError, match="priority_option_has_its_round"):
        PriorityFactory(option=OptionFactory())


def test_every_constraint_is_broken_above():
    named = {
        constraint.name
        for model in apps.get_app_config("priorities").get_models()
        for constraint in model._meta.constraints
    }

    assert named == {case[0] for case in CHANGES + SECOND_ROWS} | OTHERS


def test_a_fourth_live_priority_has_no_place():
    place = NeighbourhoodFactory()
    for number in (1, 2, 3):
        PriorityFactory(neighbourhood=place, place=number)

    for number in (1, 2, 3):
        with pytest.raises(IntegrityError), transaction.atomic():
            PriorityFactory(neighbourhood=place, place=number)
    PriorityFactory(neighbourhood=place, place=1, closed=True)


def test_votes_of_a_mailbox_that_do_not_count_are_as_many_as_asked_for():
    counted = VoteFactory(counted=True)
    same = {"round": counted.round, "mailbox_key": counted.mailbox_key}

    VoteFactory(**same)
    VoteFactory(**same, state=Vote.State.REPLACED, confirmed_at=DURING)

    assert list(counted.round.votes.counted()) == [counted]


@pytest.mark.parametrize(
    ("traits", "moment", "is_open", "is_over"),
    [
        ({}, DURING, False, False),
        ({"opened": True}, OPENED - timedelta(seconds=1), False, False),
        ({"opened": True}, OPENED, True, False),
        ({"opened": True}, CLOSED - timedelta(seconds=1), True, False),
        ({"opened": True}, CLOSED, False, True),
        ({"published": True}, PUBLISHED, False, True),
    ],
)
def test_a_round_is_open_between_its_moments(traits, moment, is_open, is_over):
    round_ = RoundFactory(**traits)

    assert (round_.is_open(moment), round_.is_over(moment)) == (is_open, is_over)
    assert Round.objects.open(now=moment).exists() == is_open
    assert Round.objects.unpublished().exists() == ("published" not in traits)


def test_the_last_day_is_londons():
    summer = Round(closes_at=datetime(2026, 6, 1, 23, tzinfo=UTC))  # midnight in London

    assert summer.last_on == date(2026, 6, 1)


def test_close_needs_a_live_priority():
    priority = PriorityFactory.build(neighbourhood=None)

    priority.close(on=date(2026, 6, 1), outcome="Better.", outcome_cy="Gwell.")

    assert (priority.state, priority.closed_on, priority.outcome, priority.outcome_cy) == (
        Priority.State.CLOSED,
        date(2026, 6, 1),
        "Better.",
        "Gwell.",
    )
    with pytest.raises(TransitionNotAllowed):
        priority.close(on=date(2026, 6, 2), outcome="Again.")


@pytest.mark.parametrize(
    ("traits", "on", "overdue"),
    [
        ({}, date(2026, 4, 10), False),
        ({}, date(2026, 4, 11), True),
        ({"done": True}, date(2026, 4, 11), False),
    ],
)
def test_an_action_is_overdue_after_its_day(traits, on, overdue):
    assert ActionFactory(**traits).is_overdue(on) == overdue


def test_rows_say_what_they_are():
    vote = VoteFactory(pk=7, options=[])
    priority = PriorityFactory(pk=8, title="E-bikes")

    assert str(vote) == "vote 7"
    assert str(VoteChoiceFactory(vote=vote)) == "choice 1 of vote 7"
    assert str(priority) == "E-bikes"
    assert str(RoundFactory(title="What now?")) == "What now?"
    assert str(OptionFactory(title="Fires")) == "Fires"
    assert str(ActionFactory(priority=priority, what="Patrol")) == "Patrol"
    update = PriorityUpdateFactory(priority=priority, pk=9)
    assert str(update) == "update 9 of priority 8"
