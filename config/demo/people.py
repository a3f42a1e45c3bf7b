"""Rows of the ``teams`` app about people: members, posts, named contacts, cover, routes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from config.demo.offsets import day, day_or_none, instant, instant_or_none
from config.demo.places import Places
from config.demo.portraits import portrait
from neighbourhoods.models import Neighbourhood
from teams import photos
from teams.models import ContactRoute, Cover, Member, NamedContact, Photo, Posting
from teams.models.member import CONFIRMED_FOR
from teams.models.photo import CONSENT_VERSION


@dataclass(frozen=True)
class People:
    """A loaded force's members by reference, and their postings by (reference, place)."""

    members: dict[str, Member]
    postings: dict[tuple[str, str | None], Posting]


def load_people(tables: dict, places: Places, *, now: datetime) -> People:
    """Write everyone who is in the content file, where they serve and how they are reached."""
    members = _load_members(tables["people"], places, now=now)
    postings = _load_postings(tables["people"], members, places.neighbourhoods, now=now)
    people = People(members, postings)
    _load_named_contacts(tables["named_contacts"], people, places, now=now)
    _load_covers(tables.get("covers", []), people, places, now=now)
    ContactRoute.objects.bulk_create(_routes(tables, people, places, now=now))
    _load_photos(tables["people"], people, now=now)
    return people


def _load_members(told: list[dict], places: Places, *, now: datetime) -> dict[str, Member]:
    rows = Member.objects.bulk_create(
        Member(
            force=places.force,
            reference=person["ref"],
            name=person["name"],
            role=person["role"],
            rank=person.get("rank", ""),
            acting=person.get("acting", False),
            employer=person.get("employer", ""),
            employer_kind=person.get("employer_kind", Member.Employer.FORCE),
            bio=person.get("bio", ""),
            bio_cy=person.get("bio_cy", ""),
            speaks_welsh=person.get("welsh", False),
            ended_on=day_or_none(person.get("ended"), now=now),
            unconfirmed_from=_unconfirmed_from(person, now=now),
            hidden_at=instant_or_none(person.get("hidden"), now=now),
            first_name_only="first_name_only" in person,
            first_name_reason=person.get("first_name_only", ""),
        )
        for person in told
    )
    return {member.reference: member for member in rows}


def _unconfirmed_from(person: dict, *, now: datetime) -> date | None:
    return day(person["checked"], now=now) + CONFIRMED_FOR if person.get("routes") else None


def _load_postings(
    told: list[dict],
    members: dict[str, Member],
    neighbourhoods: dict[str, Neighbourhood],
    *,
    now: datetime,
) -> dict[tuple[str, str | None], Posting]:
    posts = {
        (person["ref"], post.get("place")): post for person in told for post in person["posts"]
    }
    rows = Posting.objects.bulk_create(
        Posting(
            member=members[ref],
            neighbourhood=neighbourhoods[place] if place else None,
            from_on=day(post["from"], now=now),
            to_on=day_or_none(post.get("to"), now=now),
            lead=post.get("lead", False),
        )
        for (ref, place), post in posts.items()
    )
    return dict(zip(posts, rows, strict=True))


def _load_named_contacts(
    told: list[dict], people: People, places: Places, *, now: datetime
) -> None:
    NamedContact.objects.bulk_create(
        NamedContact(
            neighbourhood=places.neighbourhoods[row["place"]],
            from_on=day(row["from"], now=now),
            # A row that names nobody says that the post is vacant.
            posting=people.postings[row["person"], row["place"]] if "person" in row else None,
        )
        for row in told
    )


def _load_covers(told: list[dict], people: People, places: Places, *, now: datetime) -> None:
    Cover.objects.bulk_create(
        Cover(
            neighbourhood=places.neighbourhoods[row["place"]],
            member=people.members[row["person"]],
            from_on=day(row["from"], now=now),
            to_on=day(row["to"], now=now),
        )
        for row in told
    )


def _load_photos(told: list[dict], people: People, *, now: datetime) -> None:
    """Drawn by hand, as it were: nobody is in the picture."""
    picture = portrait()
    Photo.objects.bulk_create(
        Photo(
            member=people.members[person["ref"]],
            key=photos.keep(picture.jpeg),
            width=picture.width,
            height=picture.height,
            consented_at=instant(person["photo"], now=now),
            consent_version=CONSENT_VERSION,
        )
        for person in told
        if "photo" in person
    )


def _routes(
    tables: dict, people: People, places: Places, *, now: datetime
) -> Iterator[ContactRoute]:
    for place in tables["places"]:
        yield from _routes_of(place, now=now, neighbourhood=places.neighbourhoods[place["id"]])
    for person in tables["people"]:
        yield from _routes_of(person, now=now, member=people.members[person["ref"]])


def _routes_of(told: dict, *, now: datetime, **owner: object) -> Iterator[ContactRoute]:
    for kind, value in told.get("routes", {}).items():
        verified_on = day(told["checked"], now=now)
        yield ContactRoute(kind=kind, value=value, verified_on=verified_on, **owner)
