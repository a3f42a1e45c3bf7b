import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorities.mailboxes import MAILBOX_LENGTH, canonical_address, mailbox_key

KEY = b"k" * 32
NAMES = st.from_regex(r"[a-z0-9]{2,12}", fullmatch=True)
TAGS = st.one_of(st.just(""), st.from_regex(r"\+[a-z0-9.]{0,8}", fullmatch=True))


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("Tamsin.Quillow+votes@GMail.com", "tamsinquillow@gmail.com"),
        ("tamsin@googlemail.com", "tamsin@gmail.com"),
        ("Tamsin.Quillow+a@outlook.com", "tamsin.quillow@outlook.com"),
        ("tamsin+a@hotmail.co.uk", "tamsin@hotmail.co.uk"),
        ("tamsin+a@me.com", "tamsin@icloud.com"),
        ("tamsin+a@fastmail.com", "tamsin@fastmail.com"),
        ("tamsin+a@pm.me", "tamsin@proton.me"),
        ("Tamsin.Q+a@example.org", "tamsin.q+a@example.org"),
        ('"tamsin"@example.org', "tamsin@example.org"),
        (' "t\\am"@example.org ', "tam@example.org"),
        ("tamsin@Bücher.example", "tamsin@xn--bcher-kva.example"),
        ("tamsin@example.org.", "tamsin@example.org"),
        ("+only@gmail.com", "+only@gmail.com"),
    ],
)
def test_canonical_address(written, canonical):
    assert canonical_address(written) == canonical


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tamsin",
        "@example.org",
        "tamsin@",
        "t@example..org",
        f"t@{'ü' * 63}.org",
        f"{'t' * 65}@example.org",
        f"t@{'example.' * 31}example",
    ],
)
def test_what_is_no_address_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011
        canonical_address(text)


def test_the_longest_address_fits_where_it_is_kept():
    host = ".".join(["e" * 63, "x" * 63, "a" * 63, "m" * 61])
    longest = canonical_address(f"{'t' * 64}@{host}")

    assert len(longest) == MAILBOX_LENGTH == 318


def test_two_hundred_spellings_are_one_mailbox():
    dots = itertools.product(("", "."), repeat=2)
    dotted = [f"t{first}a{second}m" for first, second in dots]
    cased = [change(local) for local in dotted for change in (str.lower, str.upper, str.title)]
    tagged = [f"{local}{tag}" for local in cased for tag in ("", "+vote", "+2", "+a.b", "+x+y")]
    hosts = ("gmail.com", "googlemail.com", "GMAIL.COM", "gmail.com.")
    spellings = {f"{local}@{host}" for local in tagged for host in hosts}

    assert len(spellings) >= 200
    assert len({mailbox_key(KEY, spelling) for spelling in spellings}) == 1


@given(name=NAMES, tag=TAGS, data=st.data())
def test_a_spelling_is_the_mailbox_it_spells(name, tag, data):
    dots = data.draw(st.lists(st.booleans(), min_size=len(name), max_size=len(name)))
    upper = data.draw(st.lists(st.booleans(), min_size=len(name), max_size=len(name)))
    local = "".join(
        (c.upper() if up else c) + ("." if dot else "")
        for c, dot, up in zip(name, dots, upper, strict=True)
    ).rstrip(".")

    assert mailbox_key(KEY, f"{local}{tag}@googlemail.com") == mailbox_key(KEY, f"{name}@gmail.com")


@given(first=NAMES, second=NAMES)
def test_two_names_are_two_mailboxes_and_neither_can_be_read(first, second):
    keys = {mailbox_key(KEY, f"{name}@example.org") for name in (first, second)}

    assert len(keys) == len({first, second})
    assert all(len(key) == 64 and set(key) <= set("0123456789abcdef") for key in keys)


def test_a_mailbox_has_another_name_in_another_round():
    assert mailbox_key(KEY, "tamsin@example.org") != mailbox_key(b"j" * 32, "tamsin@example.org")
