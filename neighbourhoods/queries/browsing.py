"""Finding a neighbourhood by its name or place instead of by postcode."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import groupby
from operator import itemgetter

from neighbourhoods.languages import text_in
from neighbourhoods.models import Boundary, Force, Neighbourhood, PolicingArea


@dataclass(frozen=True)
class Group:
    """Neighbourhoods that stand under one heading: a policing area, or a letter without one."""

    area: PolicingArea | None
    letter: str
    neighbourhoods: list[Neighbourhood]


def forces_by_name(*, language: str) -> list[Force]:
    """All forces, A to Z by the name that readers of ``language`` see."""
    return by_shown_name(Force.objects.all(), language=language)


def neighbourhood_groups(force: Force, *, on: date, language: str) -> list[Group]:
    """The force's neighbourhoods of the day ``on``, grouped, all A to Z by the name shown.

    By policing area where the force has told its areas, those inside another one beside
    each other and those without one at the end; else by first letter.
    """
    current = force.neighbourhoods.current(on=on).select_related("area__parent")
    neighbourhoods = by_shown_name(current, language=language)
    if any(neighbourhood.area for neighbourhood in neighbourhoods):
        return _by_area(neighbourhoods, language=language)
    return _by_letter(neighbourhoods, language=language)


def neighbourhoods_of_district(code: str, *, on: date, language: str) -> list[Neighbourhood]:
    """Neighbourhoods with postcodes that share the outward half of the parsed postcode ``code``.

    Where a new street most likely belongs: to choose from, not an answer. A to Z.
    """
    outward = code[:-3]
    same_district = Boundary.objects.in_force().filter(
        matches__postcode__code__startswith=outward,  # what an index can find
        matches__postcode__code__regex=rf"^{outward}[0-9][A-Z]{{2}}$",
    )
    current = Neighbourhood.objects.current(on=on).select_related("force")
    found = current.filter(pk__in=same_district.values("neighbourhood"))
    return by_shown_name(found, language=language)


def with_boundaries(
    neighbourhoods: Iterable[Neighbourhood],
) -> list[tuple[Neighbourhood, Boundary | None]]:
    """Each neighbourhood, in the order given, with its boundary in force."""
    neighbourhoods = list(neighbourhoods)
    boundaries = {
        boundary.neighbourhood_id: boundary
        for boundary in Boundary.objects.in_force().filter(neighbourhood__in=neighbourhoods)
    }
    return [(place, boundaries.get(place.pk)) for place in neighbourhoods]


def by_shown_name(objects: Iterable, *, language: str) -> list:
    """Objects with ``name`` and ``name_cy``, A to Z by the one that readers see."""
    return sorted(objects, key=lambda obj: text_in(language, obj, "name")[0].casefold())


def _by_area(neighbourhoods: list[Neighbourhood], *, language: str) -> list[Group]:
    by_area: dict[PolicingArea | None, list[Neighbourhood]] = {}
    for neighbourhood in neighbourhoods:
        by_area.setdefault(neighbourhood.area, []).append(neighbourhood)
    without_area = by_area.pop(None, None)
    in_order = sorted(by_area, key=partial(_nested_name, language=language))
    groups = [Group(area, "", by_area[area]) for area in in_order]
    return [*groups, Group(None, "", without_area)] if without_area else groups


def _nested_name(area: PolicingArea, *, language: str) -> list[str]:
    """The names, as shown, of the area around it and of itself: alone where there is none."""
    nest = [area.parent, area] if area.parent else [area]
    return [text_in(language, found, "name")[0].casefold() for found in nest]


def _by_letter(neighbourhoods: list[Neighbourhood], *, language: str) -> list[Group]:
    lettered = [(text_in(language, n, "name")[0][:1].upper(), n) for n in neighbourhoods]
    return [
        Group(None, letter, [neighbourhood for _, neighbourhood in pairs])
        for letter, pairs in groupby(lettered, key=itemgetter(0))
    ]
