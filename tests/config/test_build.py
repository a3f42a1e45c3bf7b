import os
from pathlib import Path

import pytest

from config.build import build_id


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("uv.lock", "teams/views/public.py", "templates/base.html", "static/src/portal.js"):
        write(tmp_path / name, name)
    return tmp_path


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_is_16_hexadecimal_digits(root):
    assert len(build_id(root)) == 16
    assert int(build_id(root), 16)


@pytest.mark.parametrize(
    "name", ["uv.lock", "teams/views/public.py", "templates/base.html", "locale/cy/django.mo"]
)
def test_changes_with_a_source(root, name):
    before = build_id(root)

    write(root / name, "other")

    assert build_id(root) != before


def test_changes_when_a_file_moves(root):
    before = build_id(root)

    (root / "templates/base.html").rename(root / "templates/frame.html")

    assert build_id(root) != before


def test_does_not_change_with_what_is_no_source(root):
    before = build_id(root)

    write(root / "var/portal.sqlite3", "rows")
    write(root / "teams/views/public.pyc", "compiled")
    os.utime(root / "uv.lock", (0, 0))

    assert build_id(root) == before
