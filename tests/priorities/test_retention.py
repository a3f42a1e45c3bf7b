from datetime import timedelta

import pytest

from neighbourhoods.tokens import token_digest
from priorities.mailboxes import mailbox_key
from priorities.models import Vote
from priorities.queries import results
from priorities.retention import KEEP_KEY, destroy_keys
from priorities.round_keys import kept_round_keys, make_round_key, read_round_key
from priorities.services.voting import (
    RoundNotOpen,
    VoteNotUsable,
    ask_vote,
    confirm_vote,
    find_vote,
)
from teams.models import AuditEvent
from tests.factories.neighbourhoods import TokenFactory
from tests.factories.priorities import DURING, PUBLISHED, RoundFactory, VoteFactory

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
ENDED = PUBLISHED + KEEP_KEY + SECOND
ADDRESSES = [f"resident.{number}@example.org" for number in range(12)]


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.ROUND_KEY_DIR = str(tmp_path / "keys")
    return tmp_path / "keys"


def keyed(**fields):
    round_ = RoundFactory(**fields)
    make_round_key(round_.pk)
    return round_


def voted_on():
    """A published round in which each of ADDRESSES has voted for the first of two options."""
    round_ = keyed(published=True, options=2)
    key = read_round_key(round_.pk)
    for address in ADDRESSES:
        first = round_.options.first()
        name = mailbox_key(key, address)
        VoteFactory(round=round_, mailbox_key=name, counted=True, options=[first])
    return round_


def acts():
    return list(AuditEvent.objects.order_by("pk").values_list("by", "verb", "subject_id"))


def test_a_key_goes_60_days_after_the_results_and_no_other(folder):
    gone = keyed(opened=True, published_at=PUBLISHED - SECOND)
    kept = [
        keyed(published=True),
        keyed(opened=True),  # long over, its results never published
        keyed(),
    ]
    also_gone = keyed(opened=True, published_at=PUBLISHED - SECOND)

    said = destroy_keys(now=PUBLISHED + timedelta(days=60))

    assert said == "2 round keys"
    assert kept_round_keys() == [round_.pk for round_ in kept]
    assert acts() == [
        ("(job)", "round.key_destroyed", str(round_.pk)) for round_ in (gone, also_gone)
    ]


def test_a_second_run_finds_nothing():
    keyed(published=True)

    assert [destroy_keys(now=ENDED), destroy_keys(now=ENDED)] == ["1 round keys", "0 round keys"]
    assert len(acts()) == 1


def test_a_key_that_came_back_with_a_backup_goes_again():
    round_ = keyed(published=True)
    destroy_keys(now=ENDED)
    make_round_key(round_.pk)

    assert destroy_keys(now=ENDED + timedelta(days=1)) == "1 round keys"
    assert kept_round_keys() == []


def test_a_round_that_never_had_a_key_is_passed_over():
    RoundFactory(published=True)

    assert destroy_keys(now=ENDED) == "0 round keys"


def test_a_key_that_cannot_be_deleted_is_not_recorded_as_destroyed(folder):
    round_ = RoundFactory(published=True)
    (folder / f"{round_.pk}.key").mkdir(parents=True)  # not even its owner can unlink a folder

    with pytest.raises(OSError, match=f"{round_.pk}.key"):
        destroy_keys(now=ENDED)

    assert acts() == []


def test_the_results_are_counted_without_the_key():
    round_ = voted_on()
    before = results(round_)

    destroy_keys(now=ENDED)

    assert results(round_) == before
    assert [(count.option.title, count.votes) for count in before.counts] == [
        ("Issue 1", 12),
        ("Issue 2", 0),
    ]


def test_nobody_can_try_addresses_any_more():
    round_ = voted_on()

    destroy_keys(now=ENDED)

    make_round_key(round_.pk)  # whatever comes in its place is another one
    tried = {mailbox_key(read_round_key(round_.pk), address) for address in ADDRESSES}
    assert not Vote.objects.filter(mailbox_key__in=tried).exists()


def test_whoever_votes_or_presses_an_old_link_is_answered_without_the_key():
    round_ = keyed(published=True, options=2)
    counted, waiting = VoteFactory(round=round_, counted=True), VoteFactory(round=round_)
    days = {"begins_at": DURING, "expires_at": ENDED + timedelta(days=400)}
    for vote in (counted, waiting):
        where = {"purpose": "priorities.confirm_vote", "object_id": vote.pk}
        TokenFactory(sha256=token_digest(f"link-{vote.pk}"), **where, **days)
    destroy_keys(now=ENDED)

    with pytest.raises(RoundNotOpen):
        ask_vote(
            round_=round_,
            address=ADDRESSES[0],
            options=[round_.options.first()],
            connection=Vote.Connection.LIVES,
            language="en-gb",
            now=ENDED,
        )
    for answer in (find_vote, confirm_vote):
        assert answer(token=f"link-{counted.pk}", now=ENDED) == counted
        with pytest.raises(VoteNotUsable, match="closed before"):
            answer(token=f"link-{waiting.pk}", now=ENDED)
