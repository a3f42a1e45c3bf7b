"""Which council is responsible where somebody lives."""

from neighbourhoods.models import Council, Postcode
from neighbourhoods.postcodes import parse_postcode


def council_of(postcode: str) -> Council | None:
    """The council that a postcode lies in, with one query; None where its name is not known.

    Raises InvalidPostcode.
    """
    code = Postcode.objects.filter(pk=parse_postcode(postcode)).values("council_code")
    return Council.objects.filter(pk__in=code).first()
