from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from neighbourhoods.clock import london_date
from neighbourhoods.models import Neighbourhood, OpeningException, Place
from neighbourhoods.services.stations import NameTaken
from teams.access import may_over_force, neighbourhood_permission_required, neighbourhoods_where
from teams.forms.places import ExceptionForm, PlaceForm, StreetsForm
from teams.permissions import Permission
from teams.services.places import (
    describe_streets,
    remove_exception,
    remove_place,
    save_place,
    set_exception,
)

may_write = neighbourhood_permission_required(Permission.PLACE_WRITE)


@require_safe
@may_write
def place_board(request: HttpRequest, neighbourhood: Neighbourhood) -> HttpResponse:
    context = {
        "neighbourhood": neighbourhood,
        "places": _within_reach(request, neighbourhood).prefetch_related("exceptions"),
        "today": london_date(timezone.now()),
    }
    return render(request, "teams/staff/place_board.html", context)


@require_http_methods(["GET", "POST"])
@may_write
def place_add(request: HttpRequest, neighbourhood: Neighbourhood) -> HttpResponse:
    place = Place(force=neighbourhood.force)
    return _write(request, neighbourhood, place, initial={"serves": [neighbourhood.pk]})


@require_http_methods(["GET", "POST"])
@may_write
def place_change(request: HttpRequest, neighbourhood: Neighbourhood, pk: int) -> HttpResponse:
    return _write(request, neighbourhood, _place(request, neighbourhood, pk))


@require_http_methods(["GET", "POST"])
@may_write
def place_remove(request: HttpRequest, neighbourhood: Neighbourhood, pk: int) -> HttpResponse:
    place = _place(request, neighbourhood, pk)
    if request.method == "POST":
        remove_place(place=place, by=request.user)
        messages.success(request, _("Place removed. Residents no longer see it."))
        return _back(neighbourhood)
    context = {"neighbourhood": neighbourhood, "place": place}
    return render(request, "teams/staff/place_remove.html", context)


@require_http_methods(["GET", "POST"])
@may_write
def place_exception_set(
    request: HttpRequest, neighbourhood: Neighbourhood, pk: int
) -> HttpResponse:
    place = _place(request, neighbourhood, pk)
    form = ExceptionForm(request.POST or None)
    if form.is_valid():
        set_exception(place=place, **form.said(), by=request.user)
        messages.success(request, _("Day saved. Residents can now see it."))
        return _back(neighbourhood)
    context = {"neighbourhood": neighbourhood, "form": form, "place": place}
    context["heading"] = _("Other hours on one day")
    return render(request, "teams/staff/place_exception_set.html", context)


@require_POST
@may_write
def place_exception_remove(
    request: HttpRequest, neighbourhood: Neighbourhood, pk: int
) -> HttpResponse:
    exceptions = OpeningException.objects.select_related("place__force")
    reached = exceptions.filter(place__in=_within_reach(request, neighbourhood))
    remove_exception(exception=get_object_or_404(reached, pk=pk), by=request.user)
    messages.success(request, _("Day removed. The hours of the week hold again."))
    return _back(neighbourhood)


@require_http_methods(["GET", "POST"])
@may_write
def streets_write(request: HttpRequest, neighbourhood: Neighbourhood) -> HttpResponse:
    said = {"streets": neighbourhood.streets, "streets_cy": neighbourhood.streets_cy}
    form = StreetsForm(request.POST or None, initial=said)
    if form.is_valid():
        describe_streets(neighbourhood=neighbourhood, **form.cleaned_data, by=request.user)
        messages.success(request, _("Streets and places saved. Residents can now see them."))
        return redirect("teams:neighbourhood_manage", **neighbourhood.url_kwargs)
    context = {"neighbourhood": neighbourhood, "form": form}
    context["heading"] = _("Streets and places covered")
    return render(request, "teams/staff/neighbourhood_form.html", context)


def _write(
    request: HttpRequest, neighbourhood: Neighbourhood, place: Place, **shown: object
) -> HttpResponse:
    form = PlaceForm(request.POST or None, place=place, **shown, **_reach(request, neighbourhood))
    if form.is_valid() and _saved(request, form):
        messages.success(request, _("Place saved. Residents can now see it."))
        return _back(neighbourhood)
    context = {"neighbourhood": neighbourhood, "form": form, "place": place}
    return render(request, "teams/staff/place_write.html", context)


def _saved(request: HttpRequest, form: PlaceForm) -> bool:
    """False, and said at the name, where the name is taken."""
    try:
        save_place(
            place=form.place,
            fields=form.place_fields(),
            serves=form.served(),
            week=form.week(),
            by=request.user,
        )
    except NameTaken as exc:
        form.add_error("name", str(exc))
        return False
    return True


def _reach(request: HttpRequest, neighbourhood: Neighbourhood) -> dict[str, object]:
    """Of the force: the neighbourhoods whose places the reader may write, and whether all."""
    on, force = london_date(timezone.now()), neighbourhood.force
    theirs = neighbourhoods_where(request.user, Permission.PLACE_WRITE, on=on)
    return {
        "reach": theirs.filter(force=force).current(on=on),
        "whole_force": may_over_force(request.user, Permission.PLACE_WRITE, force, on=on),
    }


def _within_reach(request: HttpRequest, neighbourhood: Neighbourhood) -> QuerySet:
    """Places that serve the neighbourhood; those of the whole force for who may speak for it."""
    on = london_date(timezone.now())
    places = Place.objects.serving(neighbourhood).select_related("force")
    if may_over_force(request.user, Permission.PLACE_WRITE, neighbourhood.force, on=on):
        return places
    return places.filter(is_own=True)


def _place(request: HttpRequest, neighbourhood: Neighbourhood, pk: int) -> Place:
    return get_object_or_404(_within_reach(request, neighbourhood), pk=pk)


def _back(neighbourhood: Neighbourhood) -> HttpResponse:
    return redirect("teams:place_board", **neighbourhood.url_kwargs)
