"""Following a neighbourhood by e-mail: asked for, confirmed, and left. Nobody is signed in."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from neighbourhoods import outbox
from neighbourhoods.models import Follower, Following, Neighbourhood, OutboxEntry, Token
from neighbourhoods.notifications import CONFIRM_FOLLOW, LEAVE
from neighbourhoods.tokens import token_digest

# Whoever types the address of somebody else must not be able to fill their mailbox.
MAILS_A_DAY = 5
BETWEEN_MAILS = timedelta(seconds=60)


class LinkNotUsable(Exception):
    """The link has expired, belongs to somebody who has left, or never was one."""


@transaction.atomic
def ask_to_follow(
    *,
    neighbourhood: Neighbourhood,
    email: str,
    topics: list[str],
    language: str,
    now: datetime,
    postcode: str = "",
) -> None:
    """Mail the address a link to confirm. What is confirmed already stays as it is.

    ``postcode``, parsed, waits beside it until the owner of the address confirms.
    Returns nothing, so that no page can tell a stranger whether the address follows.
    The follower is held, so the mails of an address are counted one request at a time.
    """
    follower = _held_follower(email, language=language, now=now)
    following = follower.followings.filter(neighbourhood=neighbourhood).first()
    following = following or Following(follower=follower, neighbourhood=neighbourhood)
    if following.confirmed_at is None:
        following.choose(topics)
    following.asked_postcode = postcode
    following.save()
    if _may_be_mailed(following, now=now):
        outbox.post(
            CONFIRM_FOLLOW,
            following.pk,
            to=follower.email,
            language=language,
            now=now,
            follower=follower,
        )


@transaction.atomic
def confirm_following(*, token: str, topics: list[str], language: str, now: datetime) -> Following:
    """Begin to tell the owner of the address of ``topics``. A second press changes nothing more.

    Raises LinkNotUsable.
    """
    followings = Following.objects.select_for_update(no_key=True, of=("self", "follower"))
    following = _following_of(token, followings, now=now)
    following.choose(topics)
    following.confirm(at=now)
    follower = following.follower
    follower.language = language
    follower.postcode = following.asked_postcode or follower.postcode
    follower.save(update_fields=["language", "postcode"])
    following.asked_postcode = ""
    following.save()
    return following


def find_following(*, token: str, now: datetime) -> Following:
    """What the link of a mail asks to confirm, confirmed already or not. Raises LinkNotUsable."""
    return _following_of(token, Following.objects.all(), now=now)


@transaction.atomic
def leave(*, token: str, now: datetime) -> None:
    """Forget the follower whom the link was sent to, and drop what was still to be sent.

    Who has left already stays away. Raises LinkNotUsable for what never was a link.
    """
    tokens = _tokens(token, LEAVE, now=now)
    if not tokens.exists():
        raise LinkNotUsable(_("This link has expired."))
    followers = Follower.objects.select_for_update().filter(pk__in=tokens.values("object_id"))
    for follower in followers:
        follower.entries.all().drop(at=now)
        follower.delete()


def _held_follower(email: str, *, language: str, now: datetime) -> Follower:
    followers = Follower.objects.select_for_update(no_key=True)
    follower, created = followers.get_or_create(
        email__iexact=email, defaults={"email": email, "language": language, "asked_at": now}
    )
    if not created:
        follower.asked_at = now
        follower.save(update_fields=["asked_at"])
    return follower


def _may_be_mailed(following: Following, *, now: datetime) -> bool:
    """Whether one more mail to the address is neither too many nor too soon, nor under way."""
    sent = OutboxEntry.objects.filter(kind=CONFIRM_FOLLOW, follower=following.follower)
    today = sent.filter(next_at__gt=now - timedelta(days=1)).count()
    under_way = Q(state=OutboxEntry.State.DUE, object_id=following.pk)
    too_soon = sent.filter(Q(next_at__gt=now - BETWEEN_MAILS) | under_way).exists()
    return today < MAILS_A_DAY and not too_soon


def _tokens(token: str, purpose: str, *, now: datetime) -> QuerySet:
    return Token.objects.usable(now=now).filter(purpose=purpose, sha256=token_digest(token))


def _following_of(token: str, followings: QuerySet, *, now: datetime) -> Following:
    tokens = _tokens(token, CONFIRM_FOLLOW, now=now)
    found = followings.select_related("follower", "neighbourhood__force").filter(
        pk__in=tokens.values("object_id")
    )
    following = found.first()
    if following is None:
        raise LinkNotUsable(_("This link has expired."))
    return following
