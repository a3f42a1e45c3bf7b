"""Accounts of the cast: who can sign in, with which roles."""

import hashlib
from base64 import b32encode
from datetime import datetime

from allauth.mfa.totp.internal.auth import TOTP

from config.demo.content import username
from config.demo.offsets import day, day_or_none
from config.demo.people import People
from config.demo.places import Places
from neighbourhoods.languages import ENGLISH
from teams.models import Member, RoleGrant, User


def load_accounts(
    tables: dict, places: Places, people: People, *, now: datetime
) -> dict[str, User]:
    """Write the accounts and their grants; return the accounts by the person's name.

    None has a password: without a second factor (see ``enrol``) nobody can sign in.
    """
    told = {account["name"]: account for account in tables["accounts"]}
    rows = User.objects.bulk_create(_account(account) for account in told.values())
    users = dict(zip(told, rows, strict=True))
    _link_members(told, users, people)
    RoleGrant.objects.bulk_create(
        _grant(grant, users[name], places, now=now)
        for name, account in told.items()
        for grant in account["grants"]
    )
    return users


def enrol(user: User) -> None:
    """Give the account a second factor, whose secret is no secret: it follows from its name."""
    digest = hashlib.sha256(user.username.encode()).digest()
    TOTP.activate(user, b32encode(digest[:20]).decode())


def _account(told: dict) -> User:
    name = username(told["name"])
    user = User(
        username=name,
        email=f"{name}@example.org",
        name=told["name"],
        language=told.get("language", ENGLISH),
    )
    user.set_unusable_password()
    return user


def _link_members(told: dict[str, dict], users: dict[str, User], people: People) -> None:
    linked = []
    for name, account in told.items():
        if "person" in account:
            member = people.members[account["person"]]
            member.user = users[name]
            linked.append(member)
    Member.objects.bulk_update(linked, ["user"])


def _grant(told: dict, user: User, places: Places, *, now: datetime) -> RoleGrant:
    return RoleGrant(
        user=user,
        role=told["role"],
        from_on=day(told["from"], now=now),
        to_on=day_or_none(told.get("to"), now=now),
        **_scope(told, places),
    )


def _scope(told: dict, places: Places) -> dict[str, object]:
    """What the grant is over: a place, an area, or, where neither is said, the force."""
    if "place" in told:
        return {"neighbourhood": places.neighbourhoods[told["place"]]}
    if "area" in told:
        return {"area": places.areas[told["area"]]}
    return {"force": places.force}
