"""Finding a neighbourhood by postcode or by where the reader stands."""

from datetime import date
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe

from neighbourhoods.clock import london_date
from neighbourhoods.forms import PointForm, PostcodeForm
from neighbourhoods.postcodes import suggestions
from neighbourhoods.queries import (
    Answer,
    Located,
    locate_at,
    locate_postcode,
    nearest_neighbourhood,
    neighbourhoods_of_district,
    with_boundaries,
)
from neighbourhoods.views.trails import home


@require_safe
@cache_control(no_cache=True)
def find_my_team(request: HttpRequest) -> HttpResponse:
    return render(request, "neighbourhoods/public/find_my_team.html", {"form": PostcodeForm()})


@require_safe
@never_cache
def find(request: HttpRequest) -> HttpResponse:
    """Where a postcode or a point leads. Neither is kept, nor in the address that it leads to."""
    if PointForm.is_asked_in(request.GET):
        return _find_point(request)
    form = PostcodeForm(request.GET)
    if not form.is_valid():
        return _ask_again(request, form)
    return _answer(request, locate_postcode(form.cleaned_data["postcode"]))


def _find_point(request: HttpRequest) -> HttpResponse:
    form = PointForm(request.GET)
    if not form.is_valid():
        context = {"form": PostcodeForm(), "no_point": True}
        return render(request, "neighbourhoods/public/find_my_team.html", context)
    return _answer(request, locate_at(form.point))


def _ask_again(request: HttpRequest, form: PostcodeForm) -> HttpResponse:
    """The question again, with what the text may have meant as links: never guessed."""
    context = {"form": form, "suggestions": suggestions(request.GET.get("postcode", ""))}
    return render(request, "neighbourhoods/public/find_my_team.html", context)


def _answer(request: HttpRequest, located: Located) -> HttpResponse:
    if located.answer == Answer.FOUND:
        return _lead_home(located)
    context = _what_to_do_next(located, on=london_date(timezone.now()))
    return render(request, f"neighbourhoods/public/find_{located.answer}.html", context)


def _lead_home(located: Located) -> HttpResponse:
    """On to the neighbourhood; close to a line, with the name of who is on its other side."""
    (found,) = located.neighbourhoods
    url = reverse("reports:neighbourhood_home", kwargs=found.url_kwargs)
    near = located.other_side
    return redirect(f"{url}?near={quote(near)}" if near else url)


def _what_to_do_next(located: Located, *, on: date) -> dict[str, object]:
    context = {
        "located": located,
        "postcode": located.postcode,
        "breadcrumbs": [home(), (located.postcode or _("Your location"), "")],
    }
    if located.answer == Answer.SEVERAL:
        context["choices"] = with_boundaries(located.neighbourhoods)
    if located.answer == Answer.OUTSIDE:
        context["nearest"] = nearest_neighbourhood(located)
    if located.answer == Answer.UNKNOWN:
        code = located.postcode.replace(" ", "")
        context["neighbourhoods"] = neighbourhoods_of_district(code, on=on, language=get_language())
    return context
