"""What the pages show that bring several apps together."""

from reports.queries.figures import Figures, MonthFigure, crime_months, figures_of
from reports.queries.home import Home, neighbourhood_home
from reports.queries.staff_home import StaffHome, staff_home_of

__all__ = [
    "Figures",
    "Home",
    "MonthFigure",
    "StaffHome",
    "crime_months",
    "figures_of",
    "neighbourhood_home",
    "staff_home_of",
]
