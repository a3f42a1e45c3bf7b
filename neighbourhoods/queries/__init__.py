from neighbourhoods.queries.browsing import (
    forces_by_name,
    neighbourhood_groups,
    neighbourhoods_of_district,
    with_boundaries,
)
from neighbourhoods.queries.lookup import (
    Answer,
    Located,
    locate_at,
    locate_postcode,
    locate_postcodes,
)
from neighbourhoods.queries.nearby import (
    Nearby,
    nearest_neighbourhood,
    neighbourhood_at,
    neighbours_of,
)
from neighbourhoods.queries.places import PlaceNow, asked_of_places, places_now, places_of
from neighbourhoods.queries.stamps import page_stamp, public_neighbourhood, stamps_of

__all__ = [
    "Answer",
    "Located",
    "Nearby",
    "PlaceNow",
    "asked_of_places",
    "forces_by_name",
    "locate_at",
    "locate_postcode",
    "locate_postcodes",
    "nearest_neighbourhood",
    "neighbourhood_at",
    "neighbourhood_groups",
    "neighbourhoods_of_district",
    "neighbours_of",
    "page_stamp",
    "places_now",
    "places_of",
    "public_neighbourhood",
    "stamps_of",
    "with_boundaries",
]
