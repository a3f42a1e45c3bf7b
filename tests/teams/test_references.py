import pytest

from teams.references import Person, put_names_in, put_references_in, referred_to, surnames_left_in

ZEPHYRINE = Person(12, "Zephyrine", "Oakcanary", near=True)
CALLUM = Person(7, "Callum", "Driftwell", near=True)
FAR = Person(9, "Ana", "Lindmarsh")
PEOPLE = [FAR, CALLUM, ZEPHYRINE]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Zephyrine Oakcanary seized it.", "[[member:12]] seized it."),
        ("PC Zephyrine Oakcanary seized it.", "[[member:12]] seized it."),
        ("Ask PC Oakcanary or PCSO Callum.", "Ask [[member:12]] or [[member:7]]."),
        ("a/sgt zephyrine  OAKCANARY", "[[member:12]]"),
        ("Zephyrine\nOakcanary", "[[member:12]]"),
        ("Gofynnwch i Rhingyll Oakcanary", "Gofynnwch i [[member:12]]"),
        ("Oakcanary Lane is closed.", "Oakcanary Lane is closed."),
        ("Oakcanary seized it.", "[[member:12]] seized it."),
        (
            "We told Oakcanary’s team. Ask Oakcanary!",
            "We told [[member:12]]’s team. Ask [[member:12]]!",
        ),
        ("Mr Oakcanary, Dear Mrs. Oakcanary", "Mr Oakcanary, Dear Mrs. Oakcanary"),
        ("We met Edith Oakcanary.", "We met Edith Oakcanary."),
        ("Write to Oakcanary@example.org", "Write to Oakcanary@example.org"),
        ("Oakcanary-Jones, oakcanary", "Oakcanary-Jones, oakcanary"),
        ("Lindmarsh was there.", "Lindmarsh was there."),
        ("Zephyrine Oakcanarys", "Zephyrine Oakcanarys"),
        ("PC Ana Lindmarsh, not PC Lindmarsh", "[[member:9]], not PC Lindmarsh"),
        ("[[member:12]] and nobody else", "[[member:12]] and nobody else"),
        ("", ""),
    ],
)
def test_names_are_kept_as_references(typed, kept):
    assert put_references_in(typed, PEOPLE) == kept


def test_an_apostrophe_may_be_straight_or_curled():
    person = Person(3, "Sean", "O’Brightwater")

    assert put_references_in("PC Sean O'Brightwater", [person]) == "[[member:3]]"


def test_of_two_who_are_called_so_the_one_of_the_team_is_meant():
    far, near = Person(1, "Ana", "Example"), Person(2, "Ana", "Example", near=True)

    assert put_references_in("Ana Example", [far, near]) == "[[member:2]]"


def test_a_rank_and_a_surname_that_two_have_is_nobody():
    two = [Person(1, "Ana", "Example", near=True), Person(2, "Bryn", "Example", near=True)]

    assert put_references_in("PC Example, PC Bryn", two) == "PC Example, [[member:2]]"


def test_a_surname_alone_that_two_of_the_force_have_or_that_is_a_word_is_nobody():
    near = Person(1, "Ana", "Example", near=True)
    hill = Person(3, "Huw", "Hill", near=True)

    assert put_references_in("Example, Hill", [near, Person(2, "Bryn", "Example"), hill]) == (
        "Example, Hill"
    )
    assert put_references_in("Example, PC Hill", [near, hill]) == "[[member:1]], [[member:3]]"


def test_surnames_that_are_left_are_told_once():
    people = [*PEOPLE, Person(13, "Edith", "Oakcanary"), Person(4, "Dafydd", "")]

    assert surnames_left_in("Oakcanary, Oakcanary Lane, Driftwell Way, Dafydd", people) == [
        "Oakcanary"
    ]


def test_one_name_alone_is_meant_after_a_rank_only():
    assert put_references_in("Dafydd, PC Dafydd", [Person(4, "Dafydd", "", near=True)]) == (
        "Dafydd, [[member:4]]"
    )


def test_names_are_put_in_and_a_sentence_begins_with_a_capital():
    text = "[[member:12]] came. [[member:7]] and [[member:7]] went.\n[[member:7]]!"

    assert put_names_in(text, {12: "PC Zephyrine Oakcanary"}, otherwise="a member") == (
        "PC Zephyrine Oakcanary came. A member and a member went.\nA member!"
    )


def test_who_is_referred_to():
    assert referred_to("[[member:12]] [[member:7]] [[member:x]] [[member:]]") == {12, 7}
