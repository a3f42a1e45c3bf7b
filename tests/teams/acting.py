"""Clients that are signed in as somebody with a role."""

from datetime import datetime, timedelta

from allauth.account.internal.flows.login import (
    AUTHENTICATION_METHODS_SESSION_KEY,
    clear_authentication_records,
    record_authentication,
)
from django.db.models import Model
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone

from neighbourhoods.clock import london_date
from neighbourhoods.models import Force, PolicingArea
from teams.models import RoleGrant, User
from tests.factories.teams import RoleGrantFactory, UserFactory

OFFICER, SERGEANT, INSPECTOR, ADMINISTRATOR = (
    RoleGrant.Role.OFFICER,
    RoleGrant.Role.SERGEANT,
    RoleGrant.Role.INSPECTOR,
    RoleGrant.Role.FORCE_ADMINISTRATOR,
)


def today(days: int = 0):
    """The day that the views take for today, or one ``days`` later."""
    return london_date(timezone.now()) + timedelta(days=days)


def account(role: str, over: Model, **traits: object) -> User:
    """An enrolled account with ``role`` over a neighbourhood, policing area or force."""
    user = UserFactory(enrolled=True, **traits)
    grant(user, role, over)
    return user


def grant(user: User, role: str, over: Model, **dates: object) -> RoleGrant:
    fields = {Force: "force", PolicingArea: "area"}
    scope = {"neighbourhood": None, fields.get(type(over), "neighbourhood"): over}
    return RoleGrantFactory(user=user, role=role, **scope, **dates)


def client_of(user: User, *, proven: datetime | None = None) -> Client:
    """A client that is signed in, and showed a code of its app ``proven``, else just now."""
    client = Client()
    client.force_login(user)
    prove(client, user, at=proven or timezone.now())
    return client


def prove(client: Client, user: User, *, at: datetime) -> None:
    """Let the session hold what allauth notes when a code was right."""
    request = HttpRequest()
    request.session, request.user = client.session, user
    clear_authentication_records(request)
    record_authentication(request, user, "mfa", type="totp")
    request.session[AUTHENTICATION_METHODS_SESSION_KEY][0]["at"] = at.timestamp()
    request.session.save()


def acting(role: str, over: Model) -> Client:
    """A client of a fresh account with ``role`` over ``over``."""
    return client_of(account(role, over))


def errors_of(response) -> dict[str, list[str]]:
    """What the form on the page finds wrong: field -> messages."""
    return {name: list(errors) for name, errors in response.context["form"].errors.items()}
