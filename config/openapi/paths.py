"""Where the read API answers what."""

from config.openapi.schemas import MONTH, TEXT, Schema, listed, of

FORCE = {"name": "force", "in": "path", "required": True, "schema": TEXT, "example": "casterwell"}
NEIGHBOURHOOD = {
    "name": "neighbourhood",
    "in": "path",
    "required": True,
    "schema": TEXT,
    "example": "harkstow",
}
POSTCODE = {
    "name": "postcode",
    "in": "path",
    "required": True,
    "description": "In any case, with or without a space",
    "schema": TEXT,
    "example": "WQ2 5HD",
}
POINT = {
    "name": "q",
    "in": "query",
    "required": True,
    "description": "latitude,longitude in degrees",
    "schema": TEXT,
    "example": "52.30080,-4.95676",
}
AS_TEXT = {"text/plain": {"schema": TEXT}}
AS_ERROR = {"application/json": {"schema": of("Error")}}
RETRY_AFTER = {"description": "Seconds to wait", "schema": {"type": "integer", "minimum": 1}}


def month(name: str, description: str) -> Schema:
    return {"name": name, "in": "query", "description": description, "schema": MONTH}


def get(
    summary: str,
    answer: Schema,
    *parameters: Schema,
    missing: str = "",
    refused: str = "",
    ours: bool = False,
) -> Schema:
    """One address that answers GET with 200; 404 and 400 where the reasons are given."""
    errors = AS_ERROR if ours else AS_TEXT
    responses = {
        "200": {"description": "OK", "content": {"application/json": {"schema": answer}}},
        "304": {"description": "The answer that has the ETag sent in If-None-Match still holds"},
        "429": {
            "description": "More than 15 requests a second from one network",
            "headers": {"Retry-After": RETRY_AFTER},
            "content": AS_TEXT,
        },
    }
    if missing:
        responses["404"] = {"description": missing, "content": errors}
    if refused:
        responses["400"] = {"description": refused, "content": errors}
    operation = {"summary": summary, "responses": responses}
    return {"get": operation | ({"parameters": list(parameters)} if parameters else {})}


NO_FORCE = "There is no such force"
NO_NEIGHBOURHOOD = "There is no such neighbourhood today"
PLACE = (FORCE, NEIGHBOURHOOD)

PATHS: dict[str, Schema] = {
    "/forces": get("All forces", listed(of("Named"))),
    "/forces/{force}": get("One force", of("Force"), FORCE, missing=NO_FORCE),
    "/forces/{force}/people": get(
        "Its senior officers", listed(of("Officer")), FORCE, missing=NO_FORCE
    ),
    "/{force}/neighbourhoods": get(
        "Its neighbourhoods", listed(of("Named")), FORCE, missing=NO_FORCE
    ),
    "/{force}/{neighbourhood}": get(
        "One neighbourhood and its named officer",
        of("Neighbourhood"),
        *PLACE,
        missing=NO_NEIGHBOURHOOD,
    ),
    "/{force}/{neighbourhood}/boundary": get(
        "The outer ring of its largest part, closed",
        listed(of("Point")),
        *PLACE,
        missing="There is no such neighbourhood today, or it has no boundary",
    ),
    "/{force}/{neighbourhood}/people": get(
        "Its team", listed(of("Officer")), *PLACE, missing=NO_NEIGHBOURHOOD
    ),
    "/{force}/{neighbourhood}/events": get(
        "What takes place from today on",
        listed(of("Event")),
        *PLACE,
        missing=NO_NEIGHBOURHOOD,
    ),
    "/{force}/{neighbourhood}/priorities": get(
        "What its team works on, and what was done",
        listed(of("Priority")),
        *PLACE,
        missing=NO_NEIGHBOURHOOD,
    ),
    "/locate-neighbourhood": get(
        "The neighbourhood at a point; of several the first by id",
        of("Located"),
        POINT,
        missing="The point is in no neighbourhood",
        refused="It is no pair of degrees",
    ),
    "/crime-categories": get(
        "The categories of crime",
        listed(of("Category")),
        month("date", "Changes nothing: all categories are listed for each month"),
        refused="It is no month",
    ),
    "/crime-last-updated": get(
        "The newest month of crime figures", of("LastUpdated"), missing="There are no figures"
    ),
    "/crimes-street-dates": get("The months of crime figures", listed(of("StreetDate"))),
    "/postcodes/{postcode}": get(
        "The neighbourhoods of a postcode; several where it straddles a line",
        of("Postcode"),
        POSTCODE,
        missing="The register does not have it, or gives it no place",
        refused="It is no full postcode",
        ours=True,
    ),
    "/{force}/{neighbourhood}/crime-counts": get(
        "Recorded crime by month and type",
        of("CrimeCounts"),
        *PLACE,
        month("from", "The first month; without it from the first supplied"),
        month("to", "The last month; without it to the newest supplied"),
        missing=NO_NEIGHBOURHOOD,
        refused="It is no month",
        ours=True,
    ),
    "/{force}/{neighbourhood}/bulletins": get(
        "Its published bulletins, newest first",
        of("Bulletins"),
        *PLACE,
        missing=NO_NEIGHBOURHOOD,
        ours=True,
    ),
    "/{force}/{neighbourhood}/updates": get(
        "The newest 50 updates of its team",
        of("Updates"),
        *PLACE,
        missing=NO_NEIGHBOURHOOD,
        ours=True,
    ),
    "/openapi.json": get("This description", {"type": "object"}),
}
