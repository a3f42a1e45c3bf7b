from datetime import timedelta
from functools import partial

import pytest

from neighbourhoods.models import OutboxEntry, Token
from neighbourhoods.tokens import token_digest
from priorities.models import Round, Vote
from priorities.news import CONFIRM_VOTE
from priorities.round_keys import RoundKeyMissing, make_round_key
from priorities.services.voting import (
    MAILS_A_DAY,
    RoundNotOpen,
    VoteNotUsable,
    ask_vote,
    confirm_vote,
    find_vote,
)
from tests.factories.neighbourhoods import TokenFactory
from tests.factories.priorities import CLOSED, DURING, OptionFactory, RoundFactory, VoteFactory
from tests.racing import on_postgresql, race

pytestmark = pytest.mark.django_db
ADDRESS = "Tamsin.Quillow@example.org"


@pytest.fixture(autouse=True)
def keys(settings, tmp_path):
    settings.ROUND_KEY_DIR = str(tmp_path)


@pytest.fixture
def round_():
    round_ = RoundFactory(opened=True, options=4)
    make_round_key(round_.pk)
    return round_


def ask(round_, address=ADDRESS, number=2, **changes):
    asked = {
        "options": list(round_.options.all()[:number]),
        "connection": Vote.Connection.LIVES,
        "language": "en-gb",
        "now": DURING,
    }
    return ask_vote(round_=round_, address=address, **{**asked, **changes})


def link_to(vote, **changes):
    """A link such as the mail carries: its token."""
    token = f"link-{vote.pk}"
    days = {"begins_at": DURING, "expires_at": DURING + timedelta(days=30)}
    where = {"purpose": CONFIRM_VOTE, "object_id": vote.pk}
    TokenFactory(sha256=token_digest(token), **{**where, **days, **changes})
    return token


def states(round_):
    return list(round_.votes.order_by("pk").values_list("state", flat=True))


def test_ask_vote_keeps_a_vote_that_does_not_count_and_mails_its_link(round_):
    vote = ask(round_)

    vote.refresh_from_db()
    assert (vote.state, vote.slot, vote.asked_at, vote.confirmed_at) == (
        Vote.State.PENDING,
        1,
        DURING,
        None,
    )
    chosen = list(vote.choices.order_by("place").values_list("place", "option__title"))
    assert chosen == [(1, "Issue 1"), (2, "Issue 2")]
    assert list(OutboxEntry.objects.values_list("kind", "object_id", "to", "language")) == [
        ("priorities.confirm_vote", vote.pk, ADDRESS, "en-gb")
    ]


def test_a_vote_says_nothing_of_who_it_was(round_):
    vote = ask(round_)

    held = " ".join(str(value) for value in Vote.objects.filter(pk=vote.pk).values().get().values())
    assert "tamsin" not in held.lower()
    assert "example" not in held.lower()


def test_a_mailbox_is_written_to_five_times_a_day(round_):
    spellings = ["t.q+{}@gmail.com", "tq+{}@googlemail.com"]
    for number in range(MAILS_A_DAY):
        assert ask(round_, spellings[number % 2].format(number)) is not None

    assert ask(round_, "tq@gmail.com") is None
    assert OutboxEntry.objects.count() == Vote.objects.count() == MAILS_A_DAY
    assert ask(round_, "somebody.else@gmail.com") is not None
    assert ask(round_, "tq@gmail.com", now=DURING + timedelta(days=1)) is not None


@pytest.mark.parametrize("now", [CLOSED, CLOSED + timedelta(days=1)])
def test_nobody_can_ask_after_the_close(round_, now):
    with pytest.raises(RoundNotOpen):
        ask(round_, now=now)

    assert (Vote.objects.count(), OutboxEntry.objects.count()) == (0, 0)


@pytest.mark.parametrize("number", [0, 4])
def test_a_vote_names_one_to_three(round_, number):
    with pytest.raises(ValueError, match="one to three"):
        ask(round_, number=number)


def test_a_vote_names_options_of_its_round_once_each(round_):
    for options in ([OptionFactory()], [round_.options.first()] * 2):
        with pytest.raises(ValueError, match="of its own round"):
            ask(round_, options=options)


def test_without_its_key_a_round_takes_no_vote():
    round_ = RoundFactory(opened=True, options=2)

    with pytest.raises(RoundKeyMissing):
        ask(round_)


def test_confirm_vote_counts_it(round_):
    vote = VoteFactory(round=round_)

    confirm_vote(token=link_to(vote), now=DURING)

    vote.refresh_from_db()
    assert (vote.state, vote.confirmed_at) == (Vote.State.COUNTED, DURING)


def test_looking_at_a_vote_does_not_count_it(round_):
    vote = VoteFactory(round=round_)

    assert find_vote(token=link_to(vote), now=DURING) == vote
    assert states(round_) == ["PENDING"]


def test_confirming_again_finds_that_it_counts_even_after_the_close(round_):
    token = link_to(VoteFactory(round=round_))
    confirm_vote(token=token, now=DURING)

    again = confirm_vote(token=token, now=CLOSED)

    assert (again.state, again.confirmed_at) == (Vote.State.COUNTED, DURING)


def test_the_vote_confirmed_last_takes_the_place_of_the_earlier(round_):
    first, second = VoteFactory.create_batch(2, round=round_, mailbox_key="a" * 64)
    other = VoteFactory(round=round_, counted=True)
    links = [link_to(first), link_to(second)]

    for link in links:
        confirm_vote(token=link, now=DURING)

    assert states(round_) == ["REPLACED", "COUNTED", "COUNTED"]
    assert other in round_.votes.counted()
    with pytest.raises(VoteNotUsable, match="later vote counts"):
        confirm_vote(token=links[0], now=DURING)


def test_after_the_close_nothing_can_be_confirmed(round_):
    token = link_to(VoteFactory(round=round_))

    with pytest.raises(VoteNotUsable, match="closed before"):
        confirm_vote(token=token, now=CLOSED)

    assert states(round_) == ["PENDING"]


@pytest.mark.parametrize(
    "changes",
    [
        {"purpose": "teams.invitation"},
        {"begins_at": DURING + timedelta(seconds=1)},
        {"begins_at": DURING - timedelta(days=2), "expires_at": DURING},
        {"object_id": 987_654},
    ],
)
def test_a_link_that_is_not_for_this_is_of_no_use(round_, changes):
    token = link_to(VoteFactory(round=round_), **changes)

    with pytest.raises(VoteNotUsable, match="unknown or too old"):
        confirm_vote(token=token, now=DURING)


def test_an_unknown_link_is_of_no_use():
    with pytest.raises(VoteNotUsable):
        find_vote(token="", now=DURING)

    assert not Token.objects.exists()


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_fifty_presses_at_once_count_one_vote():
    round_ = RoundFactory(opened=True)
    token = link_to(VoteFactory(round=round_))
    press = partial(confirm_vote, token=token, now=DURING)

    found = race(*[press] * 50, at=Round.objects.filter(pk=round_.pk))

    assert [vote.state for vote in found] == [Vote.State.COUNTED] * 50
    assert states(round_) == ["COUNTED"]


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_votes_of_one_mailbox_at_once_one_counts():
    round_ = RoundFactory(opened=True)
    votes = VoteFactory.create_batch(2, round=round_, mailbox_key="a" * 64)
    presses = [partial(confirm_vote, token=link_to(vote), now=DURING) for vote in votes]

    found = race(*presses, at=Round.objects.filter(pk=round_.pk))

    assert [type(vote) for vote in found] == [Vote, Vote]
    assert sorted(states(round_)) == ["COUNTED", "REPLACED"]


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_many_who_ask_at_once_for_one_mailbox_get_five_mails():
    round_ = RoundFactory(opened=True, options=2)
    make_round_key(round_.pk)

    found = race(*[partial(ask, round_)] * 8, at=Round.objects.filter(pk=round_.pk))

    assert sum(vote is None for vote in found) == 3
    assert OutboxEntry.objects.count() == MAILS_A_DAY
