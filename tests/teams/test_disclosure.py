import pytest

from teams.disclosure import Finding, Shape, findings
from teams.references import Person

PLACES = ["Harkstow Estate", "Tern Court", "Harkstow Homes"]
PEOPLE = [Person(1, "Tamsin", "Quillow")]


@pytest.mark.parametrize(
    ("text", "shape", "words"),
    [
        ("We spoke to Mrs Vanebrook.", Shape.NAME, "Mrs Vanebrook"),
        ("We spoke to Edith Vanebrook today.", Shape.NAME, "Edith Vanebrook"),
        ("We spoke to Tamsin Vanebrook.", Shape.NAME, "Tamsin Vanebrook"),
        ("We spoke to Quillow.", Shape.COLLEAGUE, "Quillow"),
        ("We spoke to Edith Quillow.", Shape.COLLEAGUE, "Quillow"),
        ("It happened at 12 Sorrel Way.", Shape.ADDRESS, "12 Sorrel Way"),
        ("Bu ger 4 Heol Fawr.", Shape.ADDRESS, "4 Heol Fawr"),
        ("A van, AB12 CDE, was left.", Shape.PLATE, "AB12 CDE"),
        ("A 15-year-old in Larch Way.", Shape.AGE, "15-year-old"),
        ("Somebody aged 15 in Larch Way.", Shape.AGE, "aged 15"),
        ("Two were arrested.", Shape.ARREST, "arrested"),
        ("Arestiwyd dau.", Shape.ARREST, "Arestiwyd"),
    ],
)
def test_what_may_tell_of_a_person_is_found(text, shape, words):
    assert findings(text, places=PLACES, people=PEOPLE) == [Finding(shape, words)]


@pytest.mark.parametrize(
    "text",
    [
        "[[member:1]] will be at Tern Court on Saturday Morning.",
        "On Monday we met Harkstow Homes. Please Lock the shed.",
        "It is a 15-year-old problem; 120 people came.",
        "We seized two e-bikes by Tern Court.",
        "Quillow Lane is closed.",
    ],
)
def test_the_team_its_places_and_days_are_no_findings(text):
    assert findings(text, places=PLACES, people=PEOPLE) == []


def test_the_same_words_are_told_once():
    found = findings("Arrested. He was arrested, arrested.", places=[], people=[])

    assert found == [Finding(Shape.ARREST, "Arrested"), Finding(Shape.ARREST, "arrested")]


def test_a_surname_that_is_a_place_here_or_a_capital_anyway_is_no_finding():
    people = [Person(1, "Ana", "Tern"), Person(2, "Bryn", "Green"), Person(3, "Dafydd", "")]

    assert findings("The Tern, the Green, Dafydd.", places=PLACES, people=people) == []
