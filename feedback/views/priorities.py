"""What a team works on, and who took it over: the page of both."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from feedback.queries import WorkedOn, worked_on
from neighbourhoods.clock import london_date
from neighbourhoods.models import Neighbourhood
from priorities.queries import overview
from teams.views.public import neighbourhood_page, page_frame, while_it_lasts


@neighbourhood_page
@while_it_lasts
def priority_list(
    request: HttpRequest, neighbourhood: Neighbourhood, *, now: datetime
) -> HttpResponse:
    found = overview(neighbourhood, now)
    context = {
        **page_frame(neighbourhood, (_("Priorities"), "")),
        "overview": found,
        "live": worked_on(neighbourhood, found.live, london_date(now)),
        "closed": [WorkedOn.closed(priority) for priority in found.closed],
        "today": london_date(now),
    }
    return render(request, "feedback/public/priority_list.html", context)
