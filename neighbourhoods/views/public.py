"""Finding a neighbourhood by name, and who deals with what there."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from neighbourhoods.clock import london_date
from neighbourhoods.models import Force, Neighbourhood, Signpost
from neighbourhoods.queries import forces_by_name, neighbourhood_groups
from neighbourhoods.queries.history import ended_neighbourhoods, past_and_present
from neighbourhoods.views.trails import shown_name, trail_below, trail_to_areas

checked_each_time = cache_control(no_cache=True)


@require_safe
@checked_each_time
def area_list(request: HttpRequest) -> HttpResponse:
    context = {"forces": forces_by_name(language=get_language())}
    return render(request, "neighbourhoods/public/area_list.html", context)


@require_safe
@checked_each_time
def force_detail(request: HttpRequest, force_id: str) -> HttpResponse:
    force = get_object_or_404(Force.objects.select_related("boundary_set"), pk=force_id)
    on = london_date(timezone.now())
    context = {
        "force": force,
        "generations": past_and_present(force),
        "ended": ended_neighbourhoods(force, on=on),
        "groups": neighbourhood_groups(force, on=on, language=get_language()),
        "breadcrumbs": [*trail_to_areas(), (shown_name(force), "")],
    }
    return render(request, "neighbourhoods/public/force_detail.html", context)


@require_safe
@checked_each_time
def signpost_list(request: HttpRequest, force_id: str, neighbourhood_id: str) -> HttpResponse:
    places = Neighbourhood.objects.public().select_related("force")
    neighbourhood = get_object_or_404(places, force=force_id, code=neighbourhood_id)
    context = {
        "force": neighbourhood.force,
        "signposts": Signpost.objects.for_neighbourhood(neighbourhood),
        "breadcrumbs": trail_below(neighbourhood, _("Who deals with what")),
    }
    return render(request, "neighbourhoods/public/signpost_list.html", context)
