"""The way back up, as (text, url), for breadcrumbs of the pages of this app."""

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from neighbourhoods.languages import text_in
from neighbourhoods.models import Force, Neighbourhood


def home() -> tuple[str, str]:
    return _("Home"), reverse("neighbourhoods:find_my_team")


def trail_to_areas() -> list[tuple[str, str]]:
    return [home(), (_("All areas"), reverse("neighbourhoods:area_list"))]


def trail_below(neighbourhood: Neighbourhood, here: str) -> list[tuple[str, str]]:
    force = neighbourhood.force
    force_url = reverse("neighbourhoods:force_detail", kwargs={"force_id": force.pk})
    home_url = reverse("reports:neighbourhood_home", kwargs=neighbourhood.url_kwargs)
    return [
        *trail_to_areas(),
        (shown_name(force), force_url),
        (shown_name(neighbourhood), home_url),
        (here, ""),
    ]


def shown_name(obj: Force | Neighbourhood) -> str:
    return text_in(get_language(), obj, "name")[0]
