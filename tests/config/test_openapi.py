"""The description of the API is valid, whole, and what the API really answers."""

import re

import pytest
from django.core.management import call_command
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import validate

from config.demo.content import read_contents
from config.openapi import document
from neighbourhoods.models import Force, Neighbourhood, Postcode
from tests.architecture.routes import PARAMETER, all_routes

DOCUMENT = document("https://portal.example.org")
PARAMETERS = {"force_id": "force", "neighbourhood_id": "neighbourhood"}
QUERIES = {"locate-neighbourhood": "?q=52.30080,-4.95676"}
# A point in no neighbourhood, a month that is none: every way in which an address refuses.
WRONG = [
    "forces/nowhere",
    "forces/nowhere/people",
    "nowhere/neighbourhoods",
    "nowhere/nowhere",
    "nowhere/nowhere/boundary",
    "nowhere/nowhere/people",
    "nowhere/nowhere/events",
    "nowhere/nowhere/priorities",
    "nowhere/nowhere/crime-counts",
    "nowhere/nowhere/bulletins",
    "nowhere/nowhere/updates",
    "locate-neighbourhood?q=0,0",
    "locate-neighbourhood?q=here",
    "crime-categories?date=now",
    "crime-last-updated",
    "postcodes/WQ6 4ZZ",
    "postcodes/QQ1 1AA",
]


def closed(schema: object) -> object:
    """A schema in which an object has no keys but those described: else a leak is no error."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    within = {name: closed(part) for name, part in schema.items()}
    return within | ({"additionalProperties": False} if "properties" in schema else {})


COMPONENTS = {"components": closed(DOCUMENT["components"])}


def errors(schema: dict, answer: object) -> list[str]:
    checked = Draft202012Validator(closed(schema) | COMPONENTS, format_checker=FormatChecker())
    return sorted(f"{error.json_path}: {error.message}" for error in checked.iter_errors(answer))


def template_of(pattern: str) -> str:
    """A URL pattern of Django's as the description writes it."""
    named = PARAMETER.sub(lambda found: f"{{{PARAMETERS.get(found[1], found[1])}}}", pattern)
    return named.removeprefix("/api")


def described(path: str) -> str:
    """The described address that answers at ``path``, fixed words before names."""
    plain = "/" + path.partition("?")[0]
    matching = [t for t in DOCUMENT["paths"] if re.fullmatch(re.sub(r"{\w+}", "[^/]+", t), plain)]
    return min(matching, key=lambda template: template.count("{"))


def mismatches(client, path: str) -> list[str]:
    """In what the answer at ``path`` is not as described."""
    response = client.get(f"/api/{path}")
    answers = DOCUMENT["paths"][described(path)]["get"]["responses"]
    answer = answers.get(str(response.status_code))
    if answer is None:
        return [f"{path}: {response.status_code} is not described"]
    kind = response["Content-Type"].partition(";")[0]
    if kind not in answer["content"]:
        return [f"{path}: {kind} is not described for {response.status_code}"]
    said = response.json() if kind == "application/json" else response.content.decode()
    return [f"{path} {error}" for error in errors(answer["content"][kind]["schema"], said)]


def test_is_a_valid_document():
    validate(DOCUMENT)


def test_describes_every_address_of_the_api_and_no_other():
    ours = {
        template_of(route.pattern) for route in all_routes() if route.pattern.startswith("/api/")
    }

    assert ours == set(DOCUMENT["paths"])


def test_is_served_with_the_address_of_the_portal(client, settings):
    settings.SITE_URL = "https://portal.example.org"

    response = client.get("/api/openapi.json")

    assert response.json() == DOCUMENT
    assert response["Cache-Control"] == "public, max-age=3600"
    assert response["ETag"]


def addresses_of_the_demonstration() -> list[str]:
    """One of each address for each force, neighbourhood and example of a postcode."""
    values = [{}, *({"force": pk} for pk in Force.objects.values_list("pk", flat=True))]
    values += [{"postcode": code} for code in Postcode.objects.values_list("pk", flat=True)[:40]]
    examples = [example for content in read_contents() for example in content.tables["examples"]]
    values += [{"postcode": example["postcode"]} for example in examples]
    places = Neighbourhood.objects.values_list("force", "code")
    values += [{"force": force, "neighbourhood": code} for force, code in places]
    return [
        path.format(**given)[1:] + QUERIES.get(path[1:], "")
        for given in values
        for path in DOCUMENT["paths"]
        if set(re.findall(r"{(\w+)}", path)) == set(given)
    ]


@pytest.mark.django_db
def test_every_answer_of_the_demonstration_is_as_described(client):
    call_command("load_demo", verbosity=0)
    paths = addresses_of_the_demonstration()

    found = [mismatch for path in paths for mismatch in mismatches(client, path)]

    assert found == []
    assert {described(path) for path in paths} == set(DOCUMENT["paths"])


@pytest.mark.django_db
@pytest.mark.parametrize("path", WRONG)
def test_every_refusal_is_as_described(client, path):
    assert mismatches(client, path) == []


def test_an_answer_that_is_not_as_described_is_found():
    named = DOCUMENT["components"]["schemas"]["Named"]

    assert errors(named, {"id": "a", "name": "A", "welsh_name": ""}) == []
    assert errors(named, {"id": "a", "name": None, "welsh_name": "", "secret": 1}) == [
        "$.name: None is not of type 'string'",
        "$: Additional properties are not allowed ('secret' was unexpected)",
    ]
