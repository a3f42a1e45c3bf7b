"""Where residents meet their police, from the ``locations`` of a neighbourhood's answer."""

from dataclasses import dataclass

from neighbourhoods.importers.rings import LAT, LNG
from neighbourhoods.models import Neighbourhood, Place
from priorities.importers.policeuk.answers import BadAnswer, line_of

KINDS = {kind.value.lower(): kind for kind in Place.Kind}


@dataclass(frozen=True)
class Location:
    name: str
    kind: str
    fields: dict[str, object]


def read_location(answer: dict) -> Location:
    """Raises BadAnswer for one without an address, or longer than a place may be."""
    address = line_of(answer, "address")
    name = line_of(answer, "name") or address
    texts = {
        "address": address,
        "postcode": line_of(answer, "postcode"),
        "telephone": line_of(answer, "telephone"),
        "access": line_of(answer, "description"),
    }
    for key, value in {"name": name, **texts}.items():
        longest = Place._meta.get_field(key).max_length
        if len(value) > longest or (key in ("name", "address") and not value):
            raise BadAnswer(f"{key} of a location needs up to {longest} characters, {value[:60]!r}")
    # What the model calls a station and nothing else may be any place of its kind.
    kind = KINDS.get(line_of(answer, "type").lower(), Place.Kind.CONTACT_POINT)
    return Location(name, kind, {**texts, **_spot(answer)})


def store_locations(locations: list[Location], neighbourhood: Neighbourhood) -> None:
    """Let the places serve the neighbourhood; one that the force has by name stays as it is."""
    for location in locations:
        place, _ = Place.objects.get_or_create(
            force=neighbourhood.force,
            name=location.name,
            defaults={"kind": location.kind, **location.fields},
        )
        place.neighbourhoods.add(neighbourhood)


def _spot(answer: dict) -> dict[str, float | None]:
    """Both coordinates, or none where either is missing or lies elsewhere."""
    try:
        lat, lng = float(line_of(answer, "latitude")), float(line_of(answer, "longitude"))
    except ValueError:
        return {"lat": None, "lng": None}
    if LAT[0] <= lat <= LAT[1] and LNG[0] <= lng <= LNG[1]:
        return {"lat": lat, "lng": lng}
    return {"lat": None, "lng": None}
