from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from neighbourhoods.clock import london_date
from neighbourhoods.languages import text_in
from neighbourhoods.models import Neighbourhood
from teams.feeds.framing import ENTRIES, Entry, address_of, as_atom, neighbourhood_feed
from teams.models import PatrolUpdate
from teams.queries import latest_updates, told_in


@neighbourhood_feed
def update_feed(
    request: HttpRequest, neighbourhood: Neighbourhood, *, now: datetime
) -> HttpResponse:
    name, _language = text_in(get_language(), neighbourhood, "name")
    updates = latest_updates(neighbourhood, ENTRIES, on=london_date(now))
    return as_atom(
        _("What the team is doing in %(place)s") % {"place": name},
        address_of("teams:update_list", neighbourhood),
        address_of("teams:update_feed", neighbourhood),
        [_entry(update, neighbourhood) for update in updates],
    )


def _entry(update: PatrolUpdate, neighbourhood: Neighbourhood) -> Entry:
    told = told_in(get_language(), update)
    return Entry(
        title=told.title,
        text=told.text,
        address=address_of("teams:update_detail", neighbourhood, pk=update.pk),
        published_at=update.published_at,
        changed_at=update.published_at,
    )
