"""What residents read of a team: its people, and what they tell of their work."""

from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from http import HTTPStatus

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import etag, require_safe

from neighbourhoods.clock import london_date
from neighbourhoods.languages import text_in
from neighbourhoods.models import Neighbourhood
from neighbourhoods.queries import neighbourhood_at, page_stamp, public_neighbourhood, stamps_of
from teams.models import Member, PatrolUpdate
from teams.queries import (
    also_in,
    helping_elsewhere,
    member_on,
    named_officer,
    patrol_last_month,
    role_of,
    roles_of,
    team_on,
    told_in,
)

UPDATES_PER_PAGE = 20
PAST_EVENTS = 5
ATTEMPTS = 3


def neighbourhood_page(view: Callable) -> Callable:
    """Turn ``view(request, neighbourhood, *, now, …)`` into ``view(request, force_id, …)``.

    One query finds the neighbourhood (404 where there is none), and where the reader
    holds the page as it still is, the answer is 304 and the view is not called. A page that
    something changes under its hands is made again: nobody reads a mixture.
    ``?near=FORCE/ID`` names one that the page tells of as well.
    """

    @wraps(view)
    @require_safe
    def wrapper(
        request: HttpRequest, force_id: str, neighbourhood_id: str, **kwargs: object
    ) -> HttpResponse:
        for _attempt in range(ATTEMPTS):
            now = timezone.now()
            neighbourhood = public_neighbourhood(force_id, neighbourhood_id)
            if neighbourhood is None:
                raise Http404
            shown = [neighbourhood, *_named_beside(request)]
            stamp = page_stamp(*shown, language=get_language(), now=now)
            page = etag(lambda *_args, stamp=stamp, **_kwargs: stamp)(view)
            response = page(request, neighbourhood, now=now, **kwargs)
            if response.status_code != HTTPStatus.OK or not _changed(shown):
                break
        else:
            del response["ETag"]  # it would stand for a page that may be half old, half new
        patch_cache_control(response, no_cache=True)
        return response

    return wrapper


def _changed(shown: list[Neighbourhood]) -> bool:
    """Whether anything changed while the page was made: then it is made again.

    A change and the new stamp are one transaction, so with the stamp unchanged every
    query in between read the same state.
    """
    return any(stamps_of(place) != (place.stamp, shown[0].safety_stamp) for place in shown)


def _named_beside(request: HttpRequest) -> list[Neighbourhood]:
    found = neighbourhood_at(request.GET["near"]) if "near" in request.GET else None
    return [found] if found else []


def while_it_lasts(view: Callable) -> Callable:
    """Send readers of an ended neighbourhood's page to its home, which says what came after."""

    @wraps(view)
    def wrapper(
        request: HttpRequest, neighbourhood: Neighbourhood, *, now: datetime, **kwargs: object
    ) -> HttpResponse:
        if has_ended(neighbourhood, london_date(now)):
            return redirect("reports:neighbourhood_home", **neighbourhood.url_kwargs)
        return view(request, neighbourhood, now=now, **kwargs)

    return wrapper


def has_ended(neighbourhood: Neighbourhood, on: date) -> bool:
    return neighbourhood.ended_on is not None and neighbourhood.ended_on <= on


def page_frame(neighbourhood: Neighbourhood, *trail: tuple[str, str]) -> dict[str, object]:
    """What every page of a neighbourhood needs: itself, its force and the way back up.

    ``trail`` is what stands below the neighbourhood, as (text, url).
    """
    language = get_language()
    force = neighbourhood.force
    home = reverse("reports:neighbourhood_home", kwargs=neighbourhood.url_kwargs)
    force_url = reverse("neighbourhoods:force_detail", kwargs={"force_id": force.pk})
    return {
        "neighbourhood": neighbourhood,
        "force": force,
        "breadcrumbs": [
            (_("Home"), reverse("neighbourhoods:find_my_team")),
            (_("All areas"), reverse("neighbourhoods:area_list")),
            (text_in(language, force, "name")[0], force_url),
            (text_in(language, neighbourhood, "name")[0], home if trail else ""),
            *trail,
        ],
    }


@neighbourhood_page
@while_it_lasts
def team_detail(
    request: HttpRequest, neighbourhood: Neighbourhood, *, now: datetime
) -> HttpResponse:
    on = london_date(now)
    context = {
        **page_frame(neighbourhood, (_("The team"), "")),
        "officer": named_officer(neighbourhood, on),
        "elsewhere_until": helping_elsewhere(neighbourhood, now),
        "patrol": patrol_last_month(neighbourhood, on),
        "team": team_on(neighbourhood, on),
    }
    return render(request, "teams/public/team_detail.html", context)


@neighbourhood_page
@while_it_lasts
def member_detail(
    request: HttpRequest, neighbourhood: Neighbourhood, *, now: datetime, pk: int
) -> HttpResponse:
    on = london_date(now)
    entry = member_on(neighbourhood, pk, on)
    if entry is None:
        raise Http404
    trail = ((_("The team"), _url("team_detail", neighbourhood)), (entry.member.title, ""))
    context = {
        **page_frame(neighbourhood, *trail),
        "entry": entry,
        "officer": named_officer(neighbourhood, on),
        **_about(entry.member, neighbourhood, on),
    }
    return render(request, "teams/public/member_detail.html", context)


def _about(member: Member, here: Neighbourhood, on: date) -> dict[str, object]:
    """Where else a member serves, and what their role lets them do where that is no full power."""
    role = None if member.is_police_officer else role_of(member, on)
    return {"elsewhere": also_in(member, here, on), "role": role}


@neighbourhood_page
@while_it_lasts
def role_list(request: HttpRequest, neighbourhood: Neighbourhood, *, now: datetime) -> HttpResponse:
    team = (_("The team"), _url("team_detail", neighbourhood))
    context = {
        **page_frame(neighbourhood, team, (_("Who is who"), "")),
        "roles": roles_of(neighbourhood.force, london_date(now)),
    }
    return render(request, "teams/public/role_list.html", context)


@neighbourhood_page
def update_list(
    request: HttpRequest, neighbourhood: Neighbourhood, *, now: datetime
) -> HttpResponse:
    updates = Paginator(neighbourhood.patrol_updates.public(on=london_date(now)), UPDATES_PER_PAGE)
    context = {
        **page_frame(neighbourhood, (_("Updates"), "")),
        "page": updates.get_page(request.GET.get("page")),
    }
    return render(request, "teams/public/update_list.html", context)


@neighbourhood_page
def update_detail(
    request: HttpRequest, neighbourhood: Neighbourhood, *, now: datetime, pk: int
) -> HttpResponse:
    shown = neighbourhood.patrol_updates.shown(on=london_date(now))
    update = get_object_or_404(shown, pk=pk)
    withdrawn = update.state == PatrolUpdate.State.WITHDRAWN
    trail = ((_("Updates"), _url("update_list", neighbourhood)), (_("Update"), ""))
    told = told_in(get_language(), update)
    context = {**page_frame(neighbourhood, *trail), "update": update, "told": told}
    page = "update_withdrawn" if withdrawn else "update_detail"
    response = render(request, f"teams/public/{page}.html", context)
    if withdrawn:
        response["X-Robots-Tag"] = "noindex"
    return response


@neighbourhood_page
@while_it_lasts
def event_list(
    request: HttpRequest, neighbourhood: Neighbourhood, *, now: datetime
) -> HttpResponse:
    on = london_date(now)
    events = neighbourhood.events.with_details(on=on)
    context = {
        **page_frame(neighbourhood, (_("Events"), "")),
        "coming": events.coming(on=on),
        "past": events.past(on=on)[:PAST_EVENTS],
    }
    return render(request, "teams/public/event_list.html", context)


def _url(name: str, neighbourhood: Neighbourhood) -> str:
    return reverse(f"teams:{name}", kwargs=neighbourhood.url_kwargs)
