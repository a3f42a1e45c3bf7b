"""What the read API answers, as JSON Schema. A key is always there unless ``may`` says so."""

Schema = dict[str, object]

TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 0}
DAY: Schema = {"type": "string", "format": "date"}
MONTH: Schema = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}$", "examples": ["2026-09"]}
INSTANT: Schema = {"type": "string", "format": "date-time"}
ADDRESS: Schema = {"type": "string", "format": "uri"}
SOME_ADDRESS: Schema = {"type": "string", "description": "A web address, or empty"}
HTML: Schema = {
    "type": "string",
    "description": "Paragraphs of HTML without attributes; empty where there is nothing to say",
}
LOCAL: Schema = {
    "type": "string",
    "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}$",
    "description": "What clocks in London show, without a zone",
}
DEGREES: Schema = {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}
SOME_DEGREES: Schema = {"type": "string", "pattern": r"^(-?[0-9]+(\.[0-9]+)?)?$"}


def saying(schema: Schema, description: str) -> Schema:
    return schema | {"description": description}


def or_null(schema: Schema) -> Schema:
    return schema | {"type": [schema["type"], "null"]}


def of(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def listed(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def keys(may: dict[str, Schema] | None = None, **always: Schema) -> Schema:
    """An object with the keys ``always``; those of ``may`` can be missing."""
    return {
        "type": "object",
        "required": list(always),
        "properties": always | (may or {}),
    }


def hyphened(**schemas: Schema) -> dict[str, Schema]:
    """Keys that the model writes with a hyphen, which no name in Python has."""
    return {name.replace("_", "-"): schema for name, schema in schemas.items()}


ROUTES = {kind: TEXT for kind in ("email", "telephone", "mobile", "web", "address")}
NAMED = {
    "id": saying(TEXT, "Matched as written, case and spaces included"),
    "name": TEXT,
    "welsh_name": saying(TEXT, "Empty where there is none"),
}
POINT = {"latitude": DEGREES, "longitude": DEGREES}
WHO = {"name": TEXT, "rank": saying(TEXT, "As it stands before the name, or the role in words")}
CRIME = {
    "category": saying(TEXT, "As in crime-categories"),
    "crime_type": TEXT,
}
ANSWERS = ["found", "several", "outside", "terminated"]

SCHEMAS: dict[str, Schema] = {
    "Named": keys(**NAMED),
    "Point": keys(**POINT),
    "ContactDetails": keys(may=ROUTES),
    "EngagementMethod": keys(url=ADDRESS, type=TEXT, description=TEXT, title=TEXT),
    "Force": keys(
        **NAMED,
        description=TEXT,
        url=SOME_ADDRESS,
        telephone=TEXT,
        engagement_methods=listed(of("EngagementMethod")),
    ),
    "Officer": keys(
        may={"named": saying(FLAG, "Whether this is the neighbourhood's named officer")},
        **WHO,
        bio=HTML,
        contact_details=of("ContactDetails"),
        lead=FLAG,
        since=DAY,
        police=saying(FLAG, "False for people of other employers, such as wardens"),
        employer=saying(TEXT, "Empty for the force itself"),
        employer_kind=saying(TEXT, "force, council, housing_association, community_group or other"),
    ),
    "NamedOfficer": keys(
        **WHO,
        state={
            "enum": ["named", "team", "vacant", "none"],
            "description": "team: filled, contact the team; none: nobody named so far",
        },
        since=or_null(DAY),
        police_officer=FLAG,
        contact_details=of("ContactDetails"),
        cover={
            "description": "Who stands in today",
            "anyOf": [
                keys(**WHO, police=FLAG, until=DAY, contact_details=of("ContactDetails")),
                {"type": "null"},
            ],
        },
    ),
    "Location": keys(
        name=TEXT,
        welsh_name=TEXT,
        type={"enum": ["station", "front_counter", "contact_point", "surgery"]},
        description=saying(TEXT, "How to get in"),
        welsh_description=TEXT,
        address=TEXT,
        postcode=TEXT,
        telephone=TEXT,
        latitude=SOME_DEGREES,
        longitude=SOME_DEGREES,
    ),
    "Neighbourhood": keys(
        **NAMED,
        description=HTML,
        url_force=saying(ADDRESS, "The neighbourhood's page here"),
        contact_details=of("ContactDetails"),
        links=listed(keys(url=ADDRESS, title=TEXT, description=TEXT)),
        centre={
            "description": "A point inside the boundary; null without a boundary",
            "anyOf": [of("Point"), {"type": "null"}],
        },
        locations=listed(of("Location")),
        population={"type": "string", "pattern": "^[0-9]+$", "description": "0: not known"},
        named_officer=of("NamedOfficer"),
    ),
    "Event": keys(
        title=TEXT,
        welsh_title=TEXT,
        type={"const": "meeting"},
        kind={"enum": ["beat_meeting", "surgery", "have_a_say", "other"]},
        description=HTML,
        welsh_description=HTML,
        address=TEXT,
        welsh_address=TEXT,
        access=TEXT,
        welsh_access=TEXT,
        people=saying(listed(TEXT), "Those of the team who chose to be named; mostly nobody"),
        start_date=LOCAL,
        end_date=LOCAL,
        moved_from=saying(or_null(LOCAL), "When it was to begin before it was moved"),
        contact_details=of("ContactDetails"),
        url=ADDRESS,
    ),
    "Priority": keys(
        issue=HTML,
        issue_date=LOCAL,
        action=HTML,
        action_date=or_null(LOCAL),
        **hyphened(issue_date=LOCAL, action_date=or_null(LOCAL)),
        welsh_issue=TEXT,
        state={"enum": ["live", "closed"]},
        closed_on=or_null(DAY),
    ),
    "Located": keys(force=TEXT, neighbourhood=TEXT),
    "Category": keys(url=TEXT, name=TEXT),
    "LastUpdated": keys(date=saying(DAY, "The newest month; its day has no meaning")),
    "StreetDate": keys(
        date=MONTH,
        crime=saying(listed(TEXT), "Ids of the forces whose crime of that month is here"),
        **hyphened(stop_and_search=saying(listed(TEXT), "Always empty: not kept here")),
    ),
    "Postcode": keys(
        postcode=TEXT,
        answer={"enum": ANSWERS, "description": "terminated: results are those of its last place"},
        terminated_on=or_null(DAY),
        results=listed(keys(force=TEXT, **NAMED, url=ADDRESS)),
    ),
    "CrimeCounts": keys(
        months=saying(listed(MONTH), "Those supplied; of any other month nothing is known"),
        results=listed(keys(month=MONTH, **CRIME, count=COUNT)),
    ),
    "Bulletins": keys(
        results=listed(
            keys(
                quarter={"type": "string", "pattern": "^[0-9]{4}-Q[1-4]$"},
                published_at=INSTANT,
                sha256=saying(TEXT, "Of the file figures_json"),
                url=ADDRESS,
                pdf=ADDRESS,
                figures_json=ADDRESS,
                figures_csv=ADDRESS,
            )
        )
    ),
    "Updates": keys(
        results=listed(
            keys(
                id=COUNT,
                kind={
                    "enum": [
                        "patrol",
                        "planned",
                        "result",
                        "advice",
                        "event",
                        "appeal",
                        "emergency",
                    ]
                },
                title=TEXT,
                welsh_title=TEXT,
                text=saying(TEXT, "As typed, not HTML"),
                welsh_text=TEXT,
                ends_on=saying(or_null(DAY), "The last day of an appeal or an emergency"),
                published_at=INSTANT,
                url=ADDRESS,
            )
        )
    ),
    "Error": keys(error=keys(code=TEXT, message=TEXT)),
}
