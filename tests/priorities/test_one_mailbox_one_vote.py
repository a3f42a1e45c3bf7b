"""Residents ask, confirm, change their minds and come late, in any order: one vote counts for each.

What must come of it is kept in a plain dictionary beside the database, and compared at every step.
"""

from collections import Counter
from datetime import timedelta
from itertools import count

import pytest
from django.db import transaction
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from neighbourhoods.tokens import token_digest
from priorities.models import Vote
from priorities.news import CONFIRM_VOTE
from priorities.news import confirm_vote as mail_of_vote
from priorities.queries import results
from priorities.retention import KEEP_KEY, destroy_keys
from priorities.round_keys import make_round_key
from priorities.services.rounds import publish_results
from priorities.services.voting import (
    MAILS_A_DAY,
    RoundNotOpen,
    VoteNotUsable,
    ask_vote,
    confirm_vote,
)
from teams.models import TransitionNotAllowed
from tests.factories.neighbourhoods import TokenFactory
from tests.factories.priorities import CLOSED, RoundFactory, VoteFactory
from tests.factories.teams import UserFactory

OPTIONS = 4
DAY = timedelta(days=1)
# Addresses, and whose mailbox they reach: some of its many spellings.
RESIDENTS = {
    "tamsin@gmail.com": "Tamsin",
    "Tam.Sin+vote@googlemail.com": "Tamsin",
    "Kelly+2@outlook.com": "Kelly",
    "kelly@OUTLOOK.com": "Kelly",
}
ADDRESSES = sorted(RESIDENTS)
BALLOTS = st.sets(st.integers(0, OPTIONS - 1), min_size=1, max_size=3)
EARLIER = 8  # residents who have voted before, so that ten can be reached: then results are shown


class Voting(RuleBasedStateMachine):
    """One round from its opening until its key is gone.

    ``counted`` is the reference: resident -> the options of the vote confirmed last.
    """

    links = Bundle("links")

    def __init__(self):
        super().__init__()
        self.rows = transaction.atomic()  # what one run writes is taken back before the next
        self.rows.__enter__()
        self.tokens = count()
        self.counted: dict[str, frozenset[int]] = {}
        self.asked: dict[str, list] = {resident: [] for resident in RESIDENTS.values()}
        self.newest: dict[str, str] = {}  # resident -> the link whose vote counts
        self.replaced: set[str] = set()  # the links whose votes did

    def teardown(self):
        transaction.set_rollback(True)
        self.rows.__exit__(None, None, None)

    @initialize(days=st.sampled_from([1, 13]))
    def open_with_earlier_votes(self, days):
        """So many days before the close: links of the last week outlive it, earlier ones do not."""
        self.now = CLOSED - timedelta(days=days)
        self.round = RoundFactory(opened=True, options=OPTIONS)
        make_round_key(self.round.pk)
        self.options = list(self.round.options.all())
        self.by = UserFactory()
        for number in range(EARLIER):
            named = [self.options[number % OPTIONS]]
            VoteFactory(round=self.round, counted=True, options=named)
            self.counted[f"earlier {number}"] = frozenset(option.pk for option in named)

    @rule(target=links, address=st.sampled_from(ADDRESSES), named=BALLOTS)
    def ask(self, address, named):
        return self._ask(address, named)

    @rule(target=links, address=st.sampled_from(ADDRESSES), named=BALLOTS)
    def ask_and_confirm_at_once(self, address, named):
        """Of those who do it twice the first link stays about, and must not count again."""
        link = self._ask(address, named)
        if link != multiple():
            self._confirm(*link)
        return link

    @rule(link=links)
    def confirm(self, link):
        """The first time, once more, after a later vote, or too late."""
        self._confirm(*link)

    @rule(hours=st.sampled_from([1, 1, 30, 75]))
    def wait(self, hours):
        self.now += timedelta(hours=hours)

    @rule()
    def publish(self):
        possible = self.now >= CLOSED and self.round.published_at is None
        try:
            publish_results(round_=self.round, by=self.by, now=self.now)
        except TransitionNotAllowed:
            assert not possible
        else:
            assert possible
            assert not self.round.votes.filter(state=Vote.State.PENDING).exists()
            self.round.refresh_from_db()

    @precondition(lambda self: self.round.published_at)
    @rule(early=st.booleans())
    def destroy_the_key(self, early):
        self.now = max(self.now, self.round.published_at + KEEP_KEY + timedelta(seconds=not early))
        destroy_keys(now=self.now)

    @invariant()
    def of_each_mailbox_what_was_confirmed_last_counts_and_nothing_else(self):
        votes = list(self.round.votes.counted().prefetch_related("choices"))
        named = [frozenset(choice.option_id for choice in vote.choices.all()) for vote in votes]
        assert len({vote.mailbox_key for vote in votes}) == len(votes)
        assert Counter(named) == Counter(self.counted.values())

    @invariant()
    def the_results_are_those_of_the_reference(self):
        found = results(self.round)
        if self.round.published_at is None:
            assert found is None
            return
        named = Counter(option for ballot in self.counted.values() for option in ballot)
        shown = self.options if len(self.counted) >= 10 else []
        assert found.votes == len(self.counted)
        assert {count.option: count.votes for count in found.counts} == {
            option: named[option.pk] for option in shown
        }

    def _is_open(self) -> bool:
        return self.now < CLOSED

    def _ask(self, address, named):
        """The link that is mailed, whose it is and what it stands for; nothing where none is."""
        options = [self.options[place] for place in sorted(named)]
        asked = self.asked[RESIDENTS[address]]
        recent = [moment for moment in asked if moment > self.now - DAY]
        try:
            vote = ask_vote(
                round_=self.round,
                address=address,
                options=options,
                connection=Vote.Connection.LIVES,
                language="cy",
                now=self.now,
            )
        except RoundNotOpen:
            assert not self._is_open()
            return multiple()
        assert self._is_open()
        assert (vote is None) == (len(recent) >= MAILS_A_DAY)
        if vote is None:
            return multiple()
        asked.append(self.now)
        return self._mailed(vote), RESIDENTS[address], frozenset(option.pk for option in options)

    def _mailed(self, vote) -> tuple[str, object]:
        """The token that the sender puts into the mail of a vote, and when it ends."""
        news = mail_of_vote(vote.pk, language="cy", now=self.now)
        token, ends = f"link-{next(self.tokens)}", self.now + news.link_lives
        TokenFactory(
            sha256=token_digest(token),
            purpose=CONFIRM_VOTE,
            object_id=vote.pk,
            begins_at=self.now,
            expires_at=ends,
        )
        return token, ends

    def _confirm(self, mail, resident, named) -> None:
        token, ends = mail
        again = self.newest.get(resident) == token
        fresh = token not in self.replaced and self._is_open()
        usable = self.now < ends and (again or fresh)
        try:
            vote = confirm_vote(token=token, now=self.now)
        except VoteNotUsable:
            assert not usable
            return
        assert usable
        assert vote.state == Vote.State.COUNTED
        if not again:
            self.replaced.add(self.newest.get(resident, ""))
            self.newest[resident], self.counted[resident] = token, named


@pytest.mark.django_db
def test_whatever_residents_do_one_vote_counts_for_each(settings, tmp_path):
    settings.ROUND_KEY_DIR = str(tmp_path)
    steps = hypothesis_settings(max_examples=25, stateful_step_count=20)

    run_state_machine_as_test(Voting, settings=steps)
