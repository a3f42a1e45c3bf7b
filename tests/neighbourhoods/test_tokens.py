import hashlib
import re

from hypothesis import given
from hypothesis import strategies as st

from neighbourhoods.tokens import make_token, token_digest

texts = st.text(alphabet=st.characters(codec="utf-8"))


def test_a_token_known_beforehand():
    assert make_token("secret", "teams.invitation", 7) == (
        "DxXu1awhJ2wgLDtCbEoGbeOxnOGI2w27-Fs28h0clOM"
    )


@given(secret=texts, purpose=texts, entry=st.integers(min_value=1))
def test_a_token_is_the_same_each_time_and_fits_into_an_address(secret, purpose, entry):
    token = make_token(secret, purpose, entry)

    assert token == make_token(secret, purpose, entry)
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", token)


def test_secret_purpose_and_entry_each_make_another_token():
    made = [
        make_token("secret", "teams.invitation", 7),
        make_token("other", "teams.invitation", 7),
        make_token("secret", "teams.other", 7),
        make_token("secret", "teams.invitation", 8),
    ]

    assert len(set(made)) == 4


@given(texts)
def test_the_database_keeps_the_sha_256_of_a_token(token):
    assert token_digest(token) == hashlib.sha256(token.encode()).hexdigest()
