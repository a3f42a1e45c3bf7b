"""What was recorded in a neighbourhood, for residents."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from neighbourhoods.models import Neighbourhood
from priorities.charts import Bar, percent_bars
from reports.queries.figures import Figures, MonthFigure, QuarterFigure, figures_of
from teams.views.public import neighbourhood_page, page_frame, while_it_lasts


@neighbourhood_page
@while_it_lasts
def figures_detail(
    request: HttpRequest, neighbourhood: Neighbourhood, *, now: datetime
) -> HttpResponse:
    figures = figures_of(neighbourhood)
    context = {
        **page_frame(neighbourhood, (_("Crime figures"), "")),
        "figures": figures,
        "months_chart": _months_chart(figures),
        "types_chart": _types_chart(figures.quarter) if figures.quarter else "",
    }
    return render(request, "reports/public/figures_detail.html", context)


def _months_chart(figures: Figures) -> SafeString:
    return percent_bars(
        [_month_bar(figure) for figure in figures.months],
        name="months",
        title=_("Crimes and incidents by month"),
        description=_("The same numbers are in the table below."),
    )


def _month_bar(figure: MonthFigure) -> Bar:
    label = date_format(figure.month, "F Y")
    if not figure.supplied:
        return Bar(label, None, _("not supplied"))
    return Bar(label, figure.count, f"{figure.count:,}")


def _types_chart(quarter: QuarterFigure) -> SafeString:
    return percent_bars(
        [Bar(name, count, f"{count:,}") for name, count in quarter.by_type],
        name="types",
        title=_("Crimes and incidents by type"),
        description=_("The same numbers are in the table below."),
    )
