"""What the fuzzing of all readers shares: broken input, and what any answer must keep to."""

import gc
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from hypothesis import strategies as st

from neighbourhoods.importers.reporting import ImportReport, UnusableFile

MOST_S = 1.0  # of processor time: another test beside this one is no hang

FRAGMENTS = [
    *(b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\r", b"\n", b'"', b"'", b",", b";", b"\t", b" "),
    *(b"nan", b"inf", b"-inf", b"1e309", b"-0", b"9" * 400, b"2147483648", b"0x10", b"1_000"),
    *(b"<!DOCTYPE a>", b"<!ENTITY", b"&a;", b"&#0;", b"<![CDATA[", b"]]>", b"<!--", b"<?xml"),
    *(b"</Polygon>", b"<Polygon>", b"<coordinates>", b"</coordinates>", b"-1,52 " * 50),
    *(b"{", b"[", b"[" * 2_000, b"}", b"null", b"true", b'"\\ud800"', b"\\u0000", b'{"type":'),
    *("ŵ‮​É١٢".encode(), "ŵ".encode("iso-8859-14"), "📮".encode(), b"\xed\xa0\x80"),
    *(b"=1+1", b"\x1b[2J", b"%s%n", b"{{7*7}}", b"../../etc", b"99.999999", b"2031-02-30"),
]
CELLS = st.sampled_from([fragment.decode("utf-8", "replace") for fragment in FRAGMENTS]) | st.text(
    max_size=12
)


@st.composite
def broken(draw: Callable, whole: bytes) -> bytes:
    """``whole`` with a few pieces cut out, put in or doubled, or bytes of no kind at all."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.binary(max_size=200))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(whole)))
        gone = draw(st.sampled_from([0, 0, 1, 3, 40]))
        new = draw(st.sampled_from(FRAGMENTS) | st.binary(max_size=8) | st.just(whole[:at]))
        whole = whole[:at] + new + whole[at + gone :]
    return whole[:20_000]


@st.composite
def broken_table(draw: Callable, header: str, row: str) -> list[str]:
    """Lines of a table: good rows, and rows with one or two cells changed, left out or added."""
    lines = [draw(st.sampled_from([header, header, header, header.upper(), row, ""]))]
    for _ in range(draw(st.integers(1, 4))):
        cells = row.split(",")
        for _ in range(draw(st.integers(0, 2))):
            at = draw(st.integers(0, len(cells) - 1))
            cells[at : at + 1] = draw(st.lists(CELLS, min_size=1, max_size=1) | st.just([]))
            cells = cells or [""]
        lines.append(",".join(cells))
    return [f"{line}\n" for line in lines]


def given_up_well(read: Callable[[], ImportReport | object]) -> ImportReport | object | None:
    """What ``read`` gives, None where it refuses the file: nothing else may come of it.

    Whatever is said of the file must be fit to be shown in a terminal.
    """
    with quickly():
        try:
            result = read()
        except UnusableFile as exc:
            check_shown(str(exc).splitlines())
            return None
    if isinstance(result, ImportReport):
        check_shown(result.lines)
    return result


def check_shown(lines: Iterable[str]) -> None:
    for line in lines:
        assert line.isprintable(), line


@contextmanager
def quickly() -> Iterator[None]:
    """Fails when it took long; tidying up after all the tests before this one does not count."""
    gc.disable()
    began = time.process_time()
    try:
        yield
        took = time.process_time() - began
    finally:
        gc.enable()
    assert took < MOST_S
