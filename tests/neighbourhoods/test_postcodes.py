import pytest
from hypothesis import given
from hypothesis import strategies as st

from neighbourhoods.postcodes import (
    GIROBANK,
    POSTCODE,
    InvalidPostcode,
    display,
    parse_postcode,
    suggestions,
)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("WQ1 1AA", "WQ11AA"),
        ("wq11aa", "WQ11AA"),
        ("  WQ1   1AA ", "WQ11AA"),
        ("WQ1\u00a01AA", "WQ11AA"),
        ("WQ1\t1AA.", "WQ11AA"),
        ("WQ1-1AA", "WQ11AA"),
        ("WQ1\u20111AA", "WQ11AA"),
        ("W Q1 1AA", "WQ11AA"),
        ("ＷＱ１ １ＡＡ", "WQ11AA"),
        ("gir 0aa", "GIR0AA"),
        ("W1 1AA", "W11AA"),
        ("W12 1AA", "W121AA"),
        ("W1V 1AA", "W1V1AA"),
        ("WQ12 1AA", "WQ121AA"),
        ("WQ1A 1AA", "WQ1A1AA"),
    ],
)
def test_parse_postcode_ignores_case_spaces_and_punctuation(typed, code):
    assert parse_postcode(typed) == code


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "WQ1",
        "WQ1 1",
        "12345",
        "BFPO 801",
        "QQ1 1AA",  # no Q in the first place
        "ZZ99 9ZZ",  # no Z in the second
        "WQ1C 1AA",  # no C in the fourth
        "WQ1 1AC",  # no C in the unit
        "WQ1 1AA WQ2 5HD",
        "WQ1 1ÅA",
        "WQ١ 1AA",
        " " * 40,
        "WQ1 1AA" + " " * 100,
        "A" * 1_000_000,
    ],
)
def test_parse_postcode_refuses_everything_else(typed):
    with pytest.raises(InvalidPostcode, match=r"^Enter a full UK postcode, like WQ2 5HD\Z"):
        parse_postcode(typed)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("WQI 1AA", ["WQ1 1AA"]),
        ("wql iaa", ["WQ1 1AA"]),
        ("WQ1O 1AA", ["WQ10 1AA"]),
        ("5W1 1AA", ["SW1 1AA"]),
        ("S01 1AA", ["S0L 1AA", "SO1 1AA"]),  # valid as it stands, which is not repeated
        ("WQ1 1AA", []),
        ("QQ1 1AA", []),
        ("III III", []),
        ("", []),
        ("WQ1", []),
    ],
)
def test_suggestions_swap_lookalikes_by_position(typed, meant):
    assert suggestions(typed) == meant


@given(st.text())
def test_no_text_makes_the_parser_crash(text):
    assert len(suggestions(text)) <= 3
    try:
        code = parse_postcode(text)
    except InvalidPostcode:
        return
    assert parse_postcode(display(code)) == code


@given(st.from_regex(POSTCODE, fullmatch=True))
def test_display_and_parse_are_each_others_inverse(code):
    assert parse_postcode(display(code)) == code
    assert parse_postcode(f" {display(code).lower()}.") == code


@given(st.text(alphabet="GIRWQ015OILSA ", max_size=9))
def test_every_suggestion_is_a_postcode(text):
    for suggestion in suggestions(text):
        assert display(parse_postcode(suggestion)) == suggestion


def test_girobank_is_displayed_with_its_space():
    assert display(GIROBANK) == "GIR 0AA"
