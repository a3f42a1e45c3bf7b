from neighbourhoods.queries.lookup import (
    Answer,
    Located,
    locate_point,
    locate_postcode,
    locate_postcodes,
)

__all__ = ["Answer", "Located", "locate_point", "locate_postcode", "locate_postcodes"]
