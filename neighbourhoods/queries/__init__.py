from neighbourhoods.queries.browsing import (
    forces_by_name,
    neighbourhood_groups,
    neighbourhoods_of_district,
    with_boundaries,
)
from neighbourhoods.queries.lookup import (
    Answer,
    Located,
    locate_point,
    locate_postcode,
    locate_postcodes,
)
from neighbourhoods.queries.stamps import page_stamp

__all__ = [
    "Answer",
    "Located",
    "forces_by_name",
    "locate_point",
    "locate_postcode",
    "locate_postcodes",
    "neighbourhood_groups",
    "neighbourhoods_of_district",
    "page_stamp",
    "with_boundaries",
]
