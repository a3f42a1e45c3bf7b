import re

from priorities.charts import Bar, percent_bar, percent_bars

BARS = [Bar("May", 40, "40"), Bar("June", None, "not supplied"), Bar("July", 10, "10")]


def drawn(bars) -> str:
    return percent_bars(bars, name="months", title="By month", description="In a table too.")


def test_the_longest_bar_is_as_wide_as_the_drawing_and_the_unknown_has_none():
    widths = re.findall(r'<rect [^>]*width="([^"]*)"[^>]*fill="#12436d"', drawn(BARS))

    assert widths == ["100.0%", "25.0%"]


def test_label_and_value_stand_in_every_row():
    texts = re.findall(r"<text[^>]*>([^<]*)<", drawn(BARS))

    assert texts == ["May", "40", "June", "not supplied", "July", "10"]


def test_text_does_not_shrink_and_nothing_needs_a_style():
    svg = drawn(BARS)

    assert 'font-size="16"' in svg
    assert not re.search(r"viewBox|style=|class=|<style|<script", svg)


def test_it_has_a_name_and_a_description():
    svg = drawn(BARS)

    assert 'role="img" aria-labelledby="months-title months-desc"' in svg
    assert '<title id="months-title">By month</title>' in svg
    assert '<desc id="months-desc">In a table too.</desc>' in svg


def test_words_are_escaped():
    assert "<b>" not in drawn([Bar("<b>", 1, "1")])


def test_nothing_but_zeros_and_nothing_at_all():
    assert 'width="0%"' in drawn([Bar("May", 0, "0")])
    assert "<rect" not in drawn([])


def test_a_single_bar_is_as_long_as_the_share_and_is_not_read_out():
    bar = percent_bar(37, 44, "37 of 44")

    assert re.findall(r'width="([^"]*)"', bar) == ["100%", "100%", "84.09%"]
    assert 'aria-hidden="true"' in bar
    assert "<title>37 of 44</title>" in bar


def test_of_nothing_there_is_no_share_to_draw():
    assert percent_bar(0, 0, "0 of 0") == ""
