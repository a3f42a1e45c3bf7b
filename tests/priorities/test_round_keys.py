import stat

import pytest

from priorities.round_keys import (
    RoundKeyMissing,
    destroy_round_key,
    make_round_key,
    read_round_key,
)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.ROUND_KEY_DIR = str(tmp_path / "keys")
    return tmp_path / "keys"


def test_a_key_is_made_once_and_for_its_owner_alone(folder):
    make_round_key(7)
    first = read_round_key(7)
    make_round_key(7)

    assert read_round_key(7) == first
    assert len(first) == 32
    assert stat.S_IMODE((folder / "7.key").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_two_rounds_have_two_keys():
    make_round_key(7)
    make_round_key(8)

    assert read_round_key(7) != read_round_key(8)


def test_a_missing_or_broken_key_is_named(folder):
    with pytest.raises(RoundKeyMissing, match="round 7"):
        read_round_key(7)

    folder.mkdir()
    (folder / "7.key").write_bytes(b"short")
    with pytest.raises(RoundKeyMissing, match="round 7"):
        read_round_key(7)


def test_a_key_can_be_destroyed():
    make_round_key(7)

    assert (destroy_round_key(7), destroy_round_key(7)) == (True, False)
    with pytest.raises(RoundKeyMissing):
        read_round_key(7)
