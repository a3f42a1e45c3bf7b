import pytest

from neighbourhoods.languages import ENGLISH, WELSH, text_in
from tests.factories.neighbourhoods import ForceFactory

BOTH = ForceFactory.build(name="Casterwell Police", name_cy="Heddlu Casterwell")
ENGLISH_ONLY = ForceFactory.build(name="Casterwell Police", name_cy="")


@pytest.mark.parametrize(
    ("language", "force", "expected"),
    [
        (ENGLISH, BOTH, ("Casterwell Police", ENGLISH)),
        (WELSH, BOTH, ("Heddlu Casterwell", WELSH)),
        (ENGLISH, ENGLISH_ONLY, ("Casterwell Police", ENGLISH)),
        (WELSH, ENGLISH_ONLY, ("Casterwell Police", ENGLISH)),
    ],
)
def test_the_text_and_the_language_that_it_is_in(language, force, expected):
    assert text_in(language, force, "name") == expected


def test_the_two_languages_are_those_of_the_settings(settings):
    assert [code for code, _name in settings.LANGUAGES] == [ENGLISH, WELSH]
