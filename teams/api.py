"""The read API's forces, teams and their people, in the shapes of data.police.uk.

The model's ``description`` and ``bio`` hold HTML and its clients may show them as such,
so ours leave here escaped, in paragraphs. Keys that the model does not know are ours.
"""

from datetime import date, datetime

from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.html import linebreaks

from neighbourhoods.api import (
    NAMES_A_PERSON_S,
    day_as_json,
    neighbourhood_api,
    page_url,
    point_as_json,
    read_api,
)
from neighbourhoods.clock import LONDON, london_date
from neighbourhoods.languages import ENGLISH, WELSH
from neighbourhoods.models import Force, Neighbourhood, Place
from teams.models import Event, Member, PatrolUpdate
from teams.queries import (
    NamedOfficer,
    Route,
    TeamMember,
    contact_routes,
    latest_updates,
    named_officer,
    senior_officers,
    team_on,
    told_in,
)

UPDATES = 50


@read_api()
def force_detail(request: HttpRequest, force_id: str) -> JsonResponse:
    force = get_object_or_404(Force, pk=force_id)
    return JsonResponse(
        {
            "id": force.pk,
            "name": force.name,
            "welsh_name": force.name_cy,
            "description": "",
            "url": force.url,
            "telephone": force.telephone,
            "engagement_methods": _engagement_methods(force),
        }
    )


@read_api(max_age=NAMES_A_PERSON_S)
def force_people(request: HttpRequest, force_id: str) -> JsonResponse:
    force = get_object_or_404(Force, pk=force_id)
    officers = senior_officers(force, london_date(timezone.now()))
    return JsonResponse([_person_as_json(entry) for entry in officers], safe=False)


@neighbourhood_api()
def neighbourhood_detail(
    request: HttpRequest, neighbourhood: Neighbourhood, *, on: date
) -> JsonResponse:
    return JsonResponse(_neighbourhood_as_json(neighbourhood, on))


@neighbourhood_api()
def people(request: HttpRequest, neighbourhood: Neighbourhood, *, on: date) -> JsonResponse:
    named = named_officer(neighbourhood, on).member
    team = team_on(neighbourhood, on)
    return JsonResponse(
        [{**_person_as_json(entry), "named": entry.member == named} for entry in team], safe=False
    )


@neighbourhood_api()
def events(request: HttpRequest, neighbourhood: Neighbourhood, *, on: date) -> JsonResponse:
    """What takes place from today on, soonest first; a cancelled event is not among it."""
    coming = neighbourhood.events.taking_place().with_details(on=on).coming(on=on)
    return JsonResponse([_event_as_json(event, neighbourhood) for event in coming], safe=False)


@neighbourhood_api(ours=True)
def updates(request: HttpRequest, neighbourhood: Neighbourhood, *, on: date) -> JsonResponse:
    """The newest updates, at most ``UPDATES``; one that was withdrawn is not among them."""
    told = latest_updates(neighbourhood, UPDATES, on=on)
    results = [_update_as_json(update, neighbourhood) for update in told]
    return JsonResponse({"results": results})


def _engagement_methods(force: Force) -> list[dict[str, str]]:
    ways = (("Website", force.url), ("Report something", force.report_url))
    return [
        {"url": url, "type": "web", "description": "", "title": title} for title, url in ways if url
    ]


def _neighbourhood_as_json(neighbourhood: Neighbourhood, on: date) -> dict[str, object]:
    return {
        "id": neighbourhood.code,
        "name": neighbourhood.name,
        "welsh_name": neighbourhood.name_cy,
        "description": _html(neighbourhood.description),
        "url_force": page_url("reports:neighbourhood_home", **neighbourhood.url_kwargs),
        "contact_details": _routes_as_json(contact_routes(neighbourhood)),
        "links": [],
        "centre": _centre_as_json(neighbourhood),
        "locations": [_location_as_json(place) for place in Place.objects.serving(neighbourhood)],
        "population": str(neighbourhood.population or 0),
        "named_officer": _post_as_json(named_officer(neighbourhood, on)),
    }


def _centre_as_json(neighbourhood: Neighbourhood) -> dict[str, str] | None:
    """A point inside the boundary in force; None, not empty texts: clients read numbers."""
    boundary = neighbourhood.boundaries.in_force().first()
    if boundary is None:
        return None
    return point_as_json(boundary.centre_lat, boundary.centre_lng)


def _location_as_json(place: Place) -> dict[str, str]:
    """Text throughout, empty where there is nothing to say: a client of the model refuses null."""
    here = place.lat is not None and place.lng is not None
    return {
        "name": place.name,
        "welsh_name": place.name_cy,
        "type": place.kind.lower(),
        "description": place.access,
        "welsh_description": place.access_cy,
        "address": place.address,
        "postcode": place.postcode,
        "telephone": place.telephone,
        **(point_as_json(place.lat, place.lng) if here else {"latitude": "", "longitude": ""}),
    }


def _post_as_json(officer: NamedOfficer) -> dict[str, object]:
    return {
        "state": officer.state,
        "since": day_as_json(officer.since),
        "police_officer": officer.is_police_officer,
        **_name_as_json(officer.member),
        "contact_details": _routes_as_json(officer.routes),
        "cover": officer.cover
        and {
            **_name_as_json(officer.cover.member),
            "police": officer.cover.member.is_police,
            "until": officer.cover.until.isoformat(),
            "contact_details": _routes_as_json(officer.cover.routes),
        },
    }


def _person_as_json(entry: TeamMember) -> dict[str, object]:
    member = entry.member
    return {
        **_name_as_json(member),
        "bio": _html(member.bio),
        "contact_details": _routes_as_json(entry.routes),
        "lead": entry.lead,
        "since": entry.since.isoformat(),
        "police": member.is_police,
        "employer": member.employer,
        "employer_kind": member.employer_kind,
    }


def _event_as_json(event: Event, neighbourhood: Neighbourhood) -> dict[str, object]:
    """Clients of the model know meetings alone, and London's times without a zone."""
    return {
        "title": event.title,
        "welsh_title": event.title_cy,
        "type": "meeting",
        "kind": event.kind.lower(),
        "description": _html(event.description),
        "welsh_description": _html(event.description_cy),
        "address": event.place,
        "welsh_address": event.place_cy,
        "access": event.access,
        "welsh_access": event.access_cy,
        "people": [member.title for member in event.hosts_shown],
        "start_date": _local(event.starts_at),
        "end_date": _local(event.ends_at),
        "moved_from": event.former and _local(event.former.starts_at),
        "contact_details": {},
        "url": page_url("priorities:event_detail", **neighbourhood.url_kwargs, pk=event.pk),
    }


def _update_as_json(update: PatrolUpdate, neighbourhood: Neighbourhood) -> dict[str, object]:
    """The text as it was typed: nothing in it is HTML."""
    english, welsh = told_in(ENGLISH, update), told_in(WELSH, update)
    return {
        "id": update.pk,
        "kind": update.kind.lower(),
        "title": english.title,
        "welsh_title": update.title_cy and welsh.title,
        "text": english.text,
        "welsh_text": update.title_cy and welsh.text,
        "ends_on": day_as_json(update.ends_on),
        "published_at": update.published_at.isoformat(timespec="seconds"),
        "url": page_url("teams:update_detail", **neighbourhood.url_kwargs, pk=update.pk),
    }


def _local(instant: datetime) -> str:
    return instant.astimezone(LONDON).strftime("%Y-%m-%dT%H:%M:%S")


def _name_as_json(member: Member | None) -> dict[str, str]:
    """Name and rank; clients of the model need a rank that is text, so others give their role."""
    if member is None:
        return {"name": "", "rank": ""}
    rank = member.before_the_name or member.get_role_display()
    return {"name": member.public_name, "rank": rank}


def _routes_as_json(routes: tuple[Route, ...]) -> dict[str, str]:
    return {route.kind: route.value for route in routes}


def _html(text: str) -> str:
    return linebreaks(text, autoescape=True) if text else ""
