"""The description of the read API (OpenAPI 3.1), written by hand; tests hold answers to it."""

from config.openapi.paths import PATHS
from config.openapi.schemas import SCHEMAS

ABOUT = """\
Who polices which neighbourhood, and what they do there. The neighbourhood part has the shapes of
the data.police.uk API, so its clients work here once they are given this address; keys that it
does not know are additions. `postcodes`, `crime-counts`, `bulletins` and `updates` are ours alone.

Each network may ask 15 times a second, 30 times at once. Over that the answer is 429 with
`Retry-After`. A request line over 4,094 characters is answered 400."""


def document(site_url: str) -> dict[str, object]:
    """The whole description, of a portal at ``site_url``."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Neighbourhood policing read API",
            "version": "1",
            "summary": "Neighbourhoods, their teams and their work. No key is needed.",
            "description": ABOUT,
            "license": {
                "name": "Open Government Licence v3.0",
                "url": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
            },
        },
        "servers": [{"url": f"{site_url}/api"}],
        "paths": PATHS,
        "components": {"schemas": SCHEMAS},
    }
