"""Finding a neighbourhood by postcode or by name, and who deals with what there."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe

from neighbourhoods.clock import london_date
from neighbourhoods.forms import PostcodeForm
from neighbourhoods.models import Force, Neighbourhood
from neighbourhoods.postcodes import suggestions
from neighbourhoods.queries import (
    Answer,
    Located,
    forces_by_name,
    locate_postcode,
    neighbourhood_groups,
    neighbourhoods_of_district,
    with_boundaries,
)
from neighbourhoods.views.trails import home, shown_name, trail_below, trail_to_areas

checked_each_time = cache_control(no_cache=True)


@require_safe
@checked_each_time
def find_my_team(request: HttpRequest) -> HttpResponse:
    return render(request, "neighbourhoods/public/find_my_team.html", {"form": PostcodeForm()})


@require_safe
@never_cache
def find(request: HttpRequest) -> HttpResponse:
    form = PostcodeForm(request.GET)
    if not form.is_valid():
        return _ask_again(request, form)
    code = form.cleaned_data["postcode"]
    located = locate_postcode(code)
    if located.answer == Answer.FOUND:
        return redirect("reports:neighbourhood_home", **located.neighbourhoods[0].url_kwargs)
    context = _what_to_do_next(located, code, on=london_date(timezone.now()))
    return render(request, f"neighbourhoods/public/find_{located.answer}.html", context)


def _ask_again(request: HttpRequest, form: PostcodeForm) -> HttpResponse:
    """The question again, with what the text may have meant as links: never guessed."""
    context = {"form": form, "suggestions": suggestions(request.GET.get("postcode", ""))}
    return render(request, "neighbourhoods/public/find_my_team.html", context)


def _what_to_do_next(located: Located, code: str, *, on: date) -> dict[str, object]:
    context = {
        "located": located,
        "postcode": located.postcode,
        "breadcrumbs": [home(), (located.postcode, "")],
    }
    if located.answer == Answer.SEVERAL:
        context["choices"] = with_boundaries(located.neighbourhoods)
    if located.answer == Answer.UNKNOWN:
        context["neighbourhoods"] = neighbourhoods_of_district(code, on=on, language=get_language())
    return context


@require_safe
@checked_each_time
def area_list(request: HttpRequest) -> HttpResponse:
    context = {"forces": forces_by_name(language=get_language())}
    return render(request, "neighbourhoods/public/area_list.html", context)


@require_safe
@checked_each_time
def force_detail(request: HttpRequest, force_id: str) -> HttpResponse:
    force = get_object_or_404(Force, pk=force_id)
    on = london_date(timezone.now())
    context = {
        "force": force,
        "groups": neighbourhood_groups(force, on=on, language=get_language()),
        "breadcrumbs": [*trail_to_areas(), (shown_name(force), "")],
    }
    return render(request, "neighbourhoods/public/force_detail.html", context)


@require_safe
@checked_each_time
def signpost_list(request: HttpRequest, force_id: str, neighbourhood_id: str) -> HttpResponse:
    neighbourhood = get_object_or_404(
        Neighbourhood.objects.select_related("force"), force=force_id, code=neighbourhood_id
    )
    context = {
        "force": neighbourhood.force,
        "signposts": neighbourhood.force.signposts.all(),
        "breadcrumbs": trail_below(neighbourhood, _("Who deals with what")),
    }
    return render(request, "neighbourhoods/public/signpost_list.html", context)
