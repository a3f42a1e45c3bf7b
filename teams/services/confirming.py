"""A way to reach somebody was used and found to work."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from neighbourhoods.clock import london_date
from neighbourhoods.models import Token
from neighbourhoods.tokens import token_digest
from teams import audit
from teams.models import ContactRoute, Member, User
from teams.news import ROUTE_TEST
from teams.services.stamps import raise_stamp, raise_stamps_of

MAILBOX = "(test message)"  # whoever reads the address; no username has brackets


class RouteTestNotUsable(Exception):
    """The link of a test message has ended, was used, or its address is no way in any more."""


@transaction.atomic
def confirm_route(*, route: ContactRoute, on: date, by: User | str) -> None:
    """Note that the route was found to work on the day ``on``; its member is shown from then on.

    Of two who say so at once the later day holds.
    """
    route = ContactRoute.objects.select_for_update(no_key=True).get(pk=route.pk)
    route.verified_on = max(on, route.verified_on or on)
    route.save(update_fields=["verified_on"])
    if route.member_id:
        member = Member.objects.select_for_update(no_key=True).get(pk=route.member_id)
        member.confirm(on=route.verified_on)
        member.save(update_fields=["unconfirmed_from"])
        raise_stamps_of(member)
    else:
        raise_stamp(route.neighbourhood)
    audit.record("contact_route.confirmed", route, by=by, kind=route.kind)


def find_tested(*, token: str, now: datetime) -> ContactRoute:
    """The address that a test message was sent to. Raises RouteTestNotUsable."""
    links = _links(token, now)
    route = ContactRoute.objects.filter(pk__in=links.values("object_id")).first()
    if route is None:
        raise RouteTestNotUsable(_("This link has expired or has been used."))
    return route


@transaction.atomic
def answer_test(*, token: str, now: datetime) -> ContactRoute:
    """A test message has come back: its address works. Raises RouteTestNotUsable."""
    route = find_tested(token=token, now=now)
    if not _links(token, now).update(used_at=now):
        raise RouteTestNotUsable(_("This link has expired or has been used."))
    confirm_route(route=route, on=london_date(now), by=MAILBOX)
    return route


def _links(token: str, now: datetime):
    return Token.objects.usable(now=now).filter(purpose=ROUTE_TEST, sha256=token_digest(token))
