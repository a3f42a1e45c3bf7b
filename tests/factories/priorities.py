"""Invented votes and priorities. A round is a draft by itself; traits for what follows."""

from datetime import UTC, date, datetime

import factory
from factory.django import DjangoModelFactory

from priorities.models import (
    Action,
    Option,
    Priority,
    PriorityUpdate,
    Round,
    Vote,
    VoteChoice,
)
from tests.factories.neighbourhoods import NeighbourhoodFactory

# The round opens, takes votes, closes and is published around these moments.
OPENED = datetime(2026, 3, 1, 9, tzinfo=UTC)
DURING = datetime(2026, 3, 4, 12, tzinfo=UTC)
CLOSED = datetime(2026, 3, 15, tzinfo=UTC)
PUBLISHED = datetime(2026, 3, 16, 9, tzinfo=UTC)


class RoundFactory(DjangoModelFactory):
    class Meta:
        model = Round
        skip_postgeneration_save = True

    neighbourhood = factory.SubFactory(NeighbourhoodFactory)
    title = "What should we work on this spring?"
    closes_at = CLOSED

    class Params:
        opened = factory.Trait(opens_at=OPENED)
        published = factory.Trait(opens_at=OPENED, published_at=PUBLISHED)

    @factory.post_generation
    def options(self, create, extracted, **kwargs):
        """``options=4`` gives the round so many; none by itself."""
        for position in range(1, (extracted or 0) + 1):
            OptionFactory(round=self, position=position)


class OptionFactory(DjangoModelFactory):
    class Meta:
        model = Option

    round = factory.SubFactory(RoundFactory)
    position = factory.Sequence(lambda n: n % 30_000 + 100)
    title = factory.LazyAttribute(lambda option: f"Issue {option.position}")


class VoteFactory(DjangoModelFactory):
    """A vote that waits for its mail; ``counted=True`` for one that was confirmed."""

    class Meta:
        model = Vote
        skip_postgeneration_save = True

    round = factory.SubFactory(RoundFactory, opened=True)
    mailbox_key = factory.Sequence(lambda n: f"{n:064x}")
    connection = Vote.Connection.LIVES
    asked_at = DURING

    class Params:
        counted = factory.Trait(state=Vote.State.COUNTED, confirmed_at=DURING)

    @factory.post_generation
    def options(self, create, extracted, **kwargs):
        for place, option in enumerate(extracted or (), start=1):
            VoteChoiceFactory(vote=self, option=option, place=place)


class VoteChoiceFactory(DjangoModelFactory):
    class Meta:
        model = VoteChoice

    vote = factory.SubFactory(VoteFactory)
    option = factory.SubFactory(OptionFactory, round=factory.SelfAttribute("..vote.round"))
    place = 1


class PriorityFactory(DjangoModelFactory):
    class Meta:
        model = Priority

    neighbourhood = factory.SubFactory(NeighbourhoodFactory)
    title = factory.Sequence(lambda n: f"E-bikes on the paths, {n}")
    adopted_on = date(2026, 3, 20)
    place = 1

    class Params:
        closed = factory.Trait(
            state=Priority.State.CLOSED,
            closed_on=date(2026, 6, 1),
            outcome="Reports fell from 26 to 3 in 12 weeks.",
        )


class ActionFactory(DjangoModelFactory):
    class Meta:
        model = Action

    priority = factory.SubFactory(PriorityFactory)
    what = "Patrol the paths with the council's wardens"
    owner = "PC Quillow"
    due_on = date(2026, 4, 10)

    class Params:
        done = factory.Trait(done_on=date(2026, 4, 8))


class PriorityUpdateFactory(DjangoModelFactory):
    class Meta:
        model = PriorityUpdate

    priority = factory.SubFactory(PriorityFactory)
    text = "We stopped eleven riders."
    made_on = date(2026, 4, 1)
