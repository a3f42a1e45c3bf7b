from teams.models import PatrolUpdate
from teams.phrases import PHRASES, phrase_of


def test_each_phrase_has_all_its_words_in_both_languages():
    for phrase in PHRASES:
        assert phrase.kind in PatrolUpdate.Kind.values
        english = {name for name in phrase.words if not name.endswith("_cy")}
        assert {f"{name}_cy" for name in english} == set(phrase.words) - english, phrase.key
        assert (phrase.title, phrase.title_cy) == (phrase.words["title"], phrase.words["title_cy"])


def test_a_phrase_is_found_by_its_key():
    assert [phrase_of(phrase.key) for phrase in PHRASES] == list(PHRASES)
    assert phrase_of("nothing") is None
