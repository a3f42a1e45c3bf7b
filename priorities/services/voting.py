"""A vote asked for by anybody, and confirmed from its mailbox: one counts for each."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from neighbourhoods import outbox
from neighbourhoods.models import Token
from neighbourhoods.tokens import token_digest
from priorities.mailboxes import mailbox_key
from priorities.models import Option, Round, Vote, VoteChoice
from priorities.news import CONFIRM_VOTE
from priorities.round_keys import read_round_key
from priorities.tally import CHOICES

MAILS_A_DAY = 5


class RoundNotOpen(Exception):
    """Nobody can vote in this round now."""


class VoteNotUsable(Exception):
    """A link, or the vote that it stands for, is of no use any more."""


@transaction.atomic
def ask_vote(
    *,
    round_: Round,
    address: str,
    options: Sequence[Option],
    connection: str,
    language: str,
    now: datetime,
) -> Vote | None:
    """Keep a vote that does not count yet, and mail the link that confirms it.

    None, and no mail, for a mailbox that was written to MAILS_A_DAY times since this time
    yesterday; the caller answers the same. The address goes into the outbox alone. The row
    of the round is locked, so that many at once cannot get past that number. Raises
    RoundNotOpen, and ValueError for an address of no mailbox or options of another round.
    """
    round_ = _locked(round_.pk)
    if not round_.is_open(now):
        raise RoundNotOpen(_("This vote has closed."))
    _require_sound(round_, options)
    key = mailbox_key(read_round_key(round_.pk), address)
    recent = round_.votes.filter(mailbox_key=key, asked_at__gt=now - timedelta(days=1))
    if recent.count() >= MAILS_A_DAY:
        return None
    vote = Vote.objects.create(round=round_, mailbox_key=key, connection=connection, asked_at=now)
    VoteChoice.objects.bulk_create(
        VoteChoice(vote=vote, option=option, place=place)
        for place, option in enumerate(options, start=1)
    )
    outbox.post(CONFIRM_VOTE, vote.pk, to=address, language=language, now=now)
    return vote


def find_vote(*, token: str, now: datetime) -> Vote:
    """The vote that a link stands for, whether it counts already or not.

    A link that was pressed before still finds its vote. Raises VoteNotUsable when the link
    is unknown or too old, or when its vote can no longer count.
    """
    links = Token.objects.filter(begins_at__lte=now, expires_at__gt=now, purpose=CONFIRM_VOTE)
    link = links.filter(sha256=token_digest(token)).first()
    if link is None:
        raise VoteNotUsable(_("This link is unknown or too old."))
    votes = Vote.objects.select_related("round__neighbourhood__force")
    vote = votes.filter(pk=link.object_id).first()
    if vote is None:
        raise VoteNotUsable(_("This link is unknown or too old."))
    _require_usable(vote, now)
    return vote


@transaction.atomic
def confirm_vote(*, token: str, now: datetime) -> Vote:
    """Let the vote of a link count, in place of an earlier one of the same mailbox.

    The row of the round is locked first, so of many presses at once one counts the vote
    and the others find that it counts. Raises VoteNotUsable; nothing is saved then.
    """
    round_ = _locked(find_vote(token=token, now=now).round_id)
    vote = find_vote(token=token, now=now)
    if vote.state == Vote.State.COUNTED:
        return vote
    same_mailbox = round_.votes.counted().filter(mailbox_key=vote.mailbox_key, slot=vote.slot)
    same_mailbox.update(state=Vote.State.REPLACED)
    vote.state, vote.confirmed_at = Vote.State.COUNTED, now
    vote.save(update_fields=["state", "confirmed_at"])
    return vote


def _locked(pk: int) -> Round:
    return Round.objects.select_for_update(no_key=True).get(pk=pk)


def _require_sound(round_: Round, options: Sequence[Option]) -> None:
    of_round = all(option.round_id == round_.pk for option in options)
    if not (1 <= len(set(options)) == len(options) <= CHOICES and of_round):
        raise ValueError("A vote names one to three different options of its own round.")


def _require_usable(vote: Vote, now: datetime) -> None:
    if vote.state == Vote.State.REPLACED:
        raise VoteNotUsable(_("You have voted again since. The later vote counts, not this one."))
    if vote.state != Vote.State.COUNTED and not vote.round.is_open(now):
        raise VoteNotUsable(_("The vote closed before this was confirmed, so it does not count."))
