"""Loading the demonstration: both forces anew, in one transaction."""

from datetime import datetime
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from config.demo.accounts import enrol, load_accounts
from config.demo.addresses import load_postcodes
from config.demo.bulletins import load_bulletins
from config.demo.content import Content, read_contents
from config.demo.duty import load_duty
from config.demo.events import load_events
from config.demo.figures import load_figures
from config.demo.followers import load_followers
from config.demo.hand_overs import load_hand_overs
from config.demo.messages import load_messages
from config.demo.people import People, load_people
from config.demo.places import Places, load_places
from config.demo.powers import load_powers
from config.demo.priorities import load_priorities
from config.demo.stations import load_stations
from config.demo.updates import load_updates
from config.demo.votes import load_rounds
from feedback.models import Message
from neighbourhoods.importers.matching import match_set
from neighbourhoods.importers.neighbouring import join_set
from neighbourhoods.models import (
    BoundarySet,
    Council,
    Follower,
    Force,
    ImportRun,
    Neighbourhood,
    Postcode,
)
from priorities.models import Priority, Round, Vote
from priorities.round_keys import destroy_round_key
from reports.models import Bulletin
from teams.models import Cover, Event, Member, NamedContact, PatrolUpdate, Posting, User

COMMAND = "load_demo"


class RealForcePresent(Exception):
    """The database holds a force that is not of the demonstration."""


@transaction.atomic
def load_demo(*, now: datetime) -> dict[str, dict[str, int]]:
    """Replace the rows of both forces; return what was written, by force and kind of row.

    Every date is counted from ``now``, so the same instant gives the same rows.
    Raises RealForcePresent, before anything is touched, where another force is.
    """
    refuse_other_forces()
    contents = read_contents()
    _clear(contents, [content.force_id for content in contents])
    return {content.force_id: _load(content, now=now) for content in contents}


def refuse_other_forces() -> None:
    """Raise RealForcePresent where the database holds a force that is not invented."""
    forces = [content.force_id for content in read_contents()]
    if others := sorted(Force.objects.exclude(pk__in=forces).values_list("pk", flat=True)):
        raise RealForcePresent(
            f"This database holds {', '.join(others)}. The demonstration replaces people and "
            "places, so it needs a database of its own."
        )


def loaded_at() -> datetime | None:
    """When the demonstration was loaded, or None where it was not."""
    runs = ImportRun.objects.filter(command=COMMAND)
    return runs.values_list("ran_at", flat=True).first()


def _load(content: Content, *, now: datetime) -> dict[str, int]:
    tables = content.tables
    places = load_places(content, now=now)
    postcodes = load_postcodes(tables, places, now=now)
    for boundary_set in places.force.boundary_sets.all():
        match_set(boundary_set)
    join_set(places.force.boundary_set)
    load_stations(tables["stations"], places, now=now)
    load_powers(tables["powers"], places, now=now)
    people = load_people(tables, places, now=now)
    load_duty(tables, people, places, now=now)
    users = load_accounts(tables, places, people, now=now)
    updates = load_updates(tables, places, users, now=now)
    say = _load_say(tables, places, people, users, now=now)
    load_hand_overs(tables.get("hand_overs", []), places, people, now=now)
    if settings.DEMO:  # elsewhere nobody may sign in with a secret that everyone can read
        for user in users.values():
            enrol(user)
    counts = {
        "neighbourhoods": len(places.neighbourhoods),
        "postcodes": len(postcodes),
        "people": len(people.members),
        "accounts": len(users),
        "updates": len(updates),
        **say,
    }
    ImportRun.objects.create(
        command=COMMAND,
        force=places.force,
        source=content.source,
        sha256=content.sha256,
        counts=counts,
        ran_at=now,
    )
    return counts


def _load_say(
    tables: dict, places: Places, people: People, users: dict[str, User], *, now: datetime
) -> dict[str, int]:
    """Write what residents said and were told; bulletins last, since they count the others."""
    options = load_rounds(tables["rounds"], places, now=now)
    loaded = {
        "events": load_events(tables["events"], places, people, now=now),
        "priorities": load_priorities(tables["priorities"], places, options, now=now),
        "messages": load_messages(tables, places, users, now=now),
        "crime counts": load_figures(tables["figures"], places, now=now),
        "followings": load_followers(tables["followers"], places, now=now),
        "bulletins": load_bulletins(tables["bulletins"], places, users, now=now),
    }
    return {kind: len(rows) for kind, rows in loaded.items()}


def _clear(contents: list[Content], forces: list[str]) -> None:
    """Delete all rows of the forces, those first that protect others."""
    _clear_votes(forces)
    Follower.objects.filter(followings__neighbourhood__force__in=forces).delete()
    for model in (Bulletin, Message, Event, PatrolUpdate, Cover, NamedContact):
        model.objects.filter(neighbourhood__force__in=forces).delete()
    Posting.objects.filter(member__force__in=forces).delete()
    User.objects.filter(pk__in=_accounts_of(forces)).delete()
    Member.objects.filter(force__in=forces).delete()
    Force.objects.filter(pk__in=forces).update(boundary_set=None)
    BoundarySet.objects.filter(force__in=forces).delete()
    Neighbourhood.objects.filter(force__in=forces).delete()
    Force.objects.filter(pk__in=forces).delete()
    for content in contents:
        Postcode.objects.filter(code__startswith=content.tables["force"]["postcode_area"]).delete()
        councils = [council["code"] for council in content.tables["councils"]]
        Council.objects.filter(pk__in=councils).delete()


def _clear_votes(forces: list[str]) -> None:
    """Delete priorities and rounds; the keys of the rounds too, once that is certain."""
    Priority.objects.filter(neighbourhood__force__in=forces).delete()
    rounds = Round.objects.filter(neighbourhood__force__in=forces)
    keys = list(rounds.values_list("pk", flat=True))
    Vote.objects.filter(round__in=keys).delete()
    rounds.delete()
    for pk in keys:
        transaction.on_commit(partial(destroy_round_key, pk))


def _accounts_of(forces: list[str]):
    return User.objects.filter(
        Q(member__force__in=forces)
        | Q(role_grants__force__in=forces)
        | Q(role_grants__area__force__in=forces)
        | Q(role_grants__neighbourhood__force__in=forces)
    ).values("pk")
