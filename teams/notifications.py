"""What inspectors and sergeants are told of posts: each matter once, to each of them."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max, Q, QuerySet

from neighbourhoods import outbox
from neighbourhoods.clock import london_date
from neighbourhoods.languages import ENGLISH
from neighbourhoods.models import Neighbourhood, OutboxEntry, Token
from teams.models import ContactRoute, Member, Notice, Posting, RoleGrant, User
from teams.models.member import ASKED_BEFORE
from teams.permissions import Role
from teams.queries import PostState, posts_on

ROUTE_TEST = "teams.route_test"
# An address that was found to work is tested again early enough that 28 days do not go by.
TESTED_AFTER = timedelta(days=21)
TESTED_AGAIN_AFTER = timedelta(days=7)
NEWS_OF = {
    Notice.Kind.VACANT: "teams.post_vacant",
    Notice.Kind.UNCONFIRMED: "teams.contact_unconfirmed",
}
# Whom it is told: the first of these roles that anybody holds there.
TOLD = {
    Notice.Kind.VACANT: (Role.INSPECTOR, Role.FORCE_ADMINISTRATOR),
    Notice.Kind.UNCONFIRMED: (Role.SERGEANT, Role.INSPECTOR),
}


def look_after_posts(*, now: datetime) -> str:
    """Begin the time of contact details that have none, and post what nobody was told yet."""
    on = london_date(now)
    begun = begin_times(on)
    posted = sum(_tell(*matter, now=now) for matter in (*_vacancies(on), *_unconfirmed(on)))
    return f"{begun} begun, {posted} mails"


def begin_times(on: date) -> int:
    """Count from the last check, or from today, where somebody's own contact details are new.

    Whoever has none of their own any more is reached through the team: nothing to check.
    """
    Member.objects.filter(contact_routes=None).exclude(unconfirmed_from=None).update(
        unconfirmed_from=None
    )
    begun = Member.objects.serving(on=on).filter(unconfirmed_from=None)
    begun = begun.exclude(contact_routes=None).annotate(checked=Max("contact_routes__verified_on"))
    begun = list(begun)
    for member in begun:
        member.confirm(on=member.checked or on)
        member.save(update_fields=["unconfirmed_from"])
    Neighbourhood.objects.filter(postings__member__in=begun).raise_stamps()
    return len(begun)


def send_route_tests(*, now: datetime) -> str:
    """Post a test message to each email address that residents may use and whose proof grows old.

    One that comes back within 28 days is proof; one that does not is sent again after a week.
    """
    routes = _to_test(now).select_related("member__user")
    for route in routes:
        account = route.member and route.member.user
        language = account.language if account else ENGLISH
        outbox.post(ROUTE_TEST, route.pk, to=route.value, language=language, now=now)
    return f"{len(routes)} test messages"


def _to_test(now: datetime) -> QuerySet:
    on = london_date(now)
    places = Neighbourhood.objects.current(on=on).values("pk")
    there = Posting.objects.on(on).filter(neighbourhood__in=places).values("member")
    asked = Token.objects.filter(purpose=ROUTE_TEST, begins_at__gt=now - TESTED_AGAIN_AFTER)
    waiting = OutboxEntry.objects.filter(kind=ROUTE_TEST, state=OutboxEntry.State.DUE)
    return (
        ContactRoute.objects.filter(kind=ContactRoute.Kind.EMAIL, value__contains="@")
        .filter(Q(neighbourhood__in=places) | Q(member__in=there))
        .filter(Q(verified_on=None) | Q(verified_on__lte=on - TESTED_AFTER))
        .exclude(pk__in=asked.values("object_id"))
        .exclude(pk__in=waiting.values("object_id"))
        .order_by("pk")
    )


def _vacancies(on: date) -> Iterator[tuple[Notice.Kind, Neighbourhood, date]]:
    places = {place.pk: place for place in Neighbourhood.objects.current(on=on)}
    for pk, post in posts_on(places.values(), on).items():
        if post.state == PostState.VACANT:
            yield Notice.Kind.VACANT, places[pk], post.since


def _unconfirmed(on: date) -> Iterator[tuple[Notice.Kind, Neighbourhood, date]]:
    postings = Posting.objects.on(on).filter(
        neighbourhood__in=Neighbourhood.objects.current(on=on).values("pk"),
        member__unconfirmed_from__lte=on + ASKED_BEFORE,
    )
    for posting in postings.select_related("neighbourhood", "member"):
        yield Notice.Kind.UNCONFIRMED, posting.neighbourhood, posting.member.unconfirmed_from


def _tell(kind: Notice.Kind, place: Neighbourhood, about_on: date, *, now: datetime) -> int:
    told = 0
    for user in _users(place, TOLD[kind], on=london_date(now)):
        with transaction.atomic():
            notice, is_new = Notice.objects.get_or_create(
                kind=kind, neighbourhood=place, user=user, about_on=about_on
            )
            if is_new:
                outbox.post(
                    NEWS_OF[kind], notice.pk, to=user.email, language=user.language, now=now
                )
        told += is_new
    return told


def _users(place: Neighbourhood, roles: Iterable[Role], *, on: date) -> list[User]:
    grants = RoleGrant.objects.on(on).reaching(place)
    for role in roles:
        holders = grants.filter(role=role).values("user")
        if users := list(User.objects.filter(is_active=True, pk__in=holders).order_by("pk")):
            return users
    return []
