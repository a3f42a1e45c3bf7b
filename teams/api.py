"""The read API's forces, teams and their people, in the shapes of data.police.uk.

The model's ``description`` and ``bio`` hold HTML and its clients may show them as such,
so ours leave here escaped, in paragraphs. Keys that the model does not know are ours.
"""

from datetime import date, datetime

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.html import linebreaks

from neighbourhoods.api import point_as_json, read_api
from neighbourhoods.clock import LONDON, london_date
from neighbourhoods.models import Force, Neighbourhood
from teams.models import Event, Member
from teams.queries import (
    NamedOfficer,
    Route,
    TeamMember,
    contact_routes,
    named_officer,
    senior_officers,
    team_on,
)

NAMES_A_PERSON_S = 30


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
            "engagement_methods": [],
        }
    )


@read_api(max_age=NAMES_A_PERSON_S)
def force_people(request: HttpRequest, force_id: str) -> JsonResponse:
    force = get_object_or_404(Force, pk=force_id)
    officers = senior_officers(force, london_date(timezone.now()))
    return JsonResponse([_person_as_json(entry) for entry in officers], safe=False)


@read_api(max_age=NAMES_A_PERSON_S)
def neighbourhood_detail(
    request: HttpRequest, force_id: str, neighbourhood_id: str
) -> JsonResponse:
    on = london_date(timezone.now())
    neighbourhood = _current(force_id, neighbourhood_id, on)
    return JsonResponse(_neighbourhood_as_json(neighbourhood, on))


@read_api(max_age=NAMES_A_PERSON_S)
def people(request: HttpRequest, force_id: str, neighbourhood_id: str) -> JsonResponse:
    on = london_date(timezone.now())
    neighbourhood = _current(force_id, neighbourhood_id, on)
    named = named_officer(neighbourhood, on).member
    team = team_on(neighbourhood, on)
    return JsonResponse(
        [{**_person_as_json(entry), "named": entry.member == named} for entry in team], safe=False
    )


@read_api()
def events(request: HttpRequest, force_id: str, neighbourhood_id: str) -> JsonResponse:
    """What takes place from today on, soonest first; a cancelled event is not among it."""
    on = london_date(timezone.now())
    coming = _current(force_id, neighbourhood_id, on).events.taking_place().coming(on=on)
    return JsonResponse([_event_as_json(event) for event in coming], safe=False)


def _current(force_id: str, neighbourhood_id: str, on: date) -> Neighbourhood:
    current = Neighbourhood.objects.current(on=on)
    return get_object_or_404(current, force=force_id, code=neighbourhood_id)


def _neighbourhood_as_json(neighbourhood: Neighbourhood, on: date) -> dict[str, object]:
    return {
        "id": neighbourhood.code,
        "name": neighbourhood.name,
        "welsh_name": neighbourhood.name_cy,
        "description": _html(neighbourhood.description),
        "url_force": settings.SITE_URL
        + reverse("reports:neighbourhood_home", kwargs=neighbourhood.url_kwargs),
        "contact_details": _routes_as_json(contact_routes(neighbourhood)),
        "links": [],
        "centre": _centre_as_json(neighbourhood),
        "locations": [],
        "population": str(neighbourhood.population or 0),
        "named_officer": _post_as_json(named_officer(neighbourhood, on)),
    }


def _centre_as_json(neighbourhood: Neighbourhood) -> dict[str, str] | None:
    """A point inside the boundary in force; None, not empty texts: clients read numbers."""
    boundary = neighbourhood.boundaries.in_force().first()
    if boundary is None:
        return None
    return point_as_json(boundary.centre_lat, boundary.centre_lng)


def _post_as_json(officer: NamedOfficer) -> dict[str, object]:
    return {
        "state": officer.state,
        "since": officer.since and officer.since.isoformat(),
        "police_officer": officer.is_police_officer,
        **_name_as_json(officer.member),
        "contact_details": _routes_as_json(officer.routes),
        "cover": officer.cover
        and {
            **_name_as_json(officer.cover.member),
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
    }


def _event_as_json(event: Event) -> dict[str, object]:
    """Clients of the model know meetings alone, and London's times without a zone."""
    return {
        "title": event.title,
        "welsh_title": event.title_cy,
        "type": "meeting",
        "kind": event.kind.lower(),
        "description": "",
        "address": event.place,
        "welsh_address": event.place_cy,
        "start_date": _local(event.starts_at),
        "end_date": _local(event.ends_at),
        "contact_details": {},
    }


def _local(instant: datetime) -> str:
    return instant.astimezone(LONDON).strftime("%Y-%m-%dT%H:%M:%S")


def _name_as_json(member: Member | None) -> dict[str, str]:
    """Name and rank; clients of the model need a rank that is text, so others give their role."""
    if member is None:
        return {"name": "", "rank": ""}
    before_the_name = member.title.removesuffix(member.name).strip()
    return {"name": member.name, "rank": before_the_name or member.get_role_display()}


def _routes_as_json(routes: tuple[Route, ...]) -> dict[str, str]:
    return {route.kind: route.value for route in routes}


def _html(text: str) -> str:
    return linebreaks(text, autoescape=True) if text else ""
