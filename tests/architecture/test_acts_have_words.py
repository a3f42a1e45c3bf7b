"""Whatever is written into the audit record is read in words."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from teams.wording import ACTS, KINDS

APPS = ("neighbourhoods", "teams", "priorities", "feedback", "reports")
WRITING = ("services", "snapshots", "retention", "notifications", "importers", "exports")
VERB = re.compile(r"[a-z_]+\.[a-z_]+")


def acts_written() -> Iterator[str]:
    """Texts of the shape of a verb in the modules that write the record."""
    for app in APPS:
        for path in (Path(settings.BASE_DIR) / app).rglob("*.py"):
            if path.relative_to(settings.BASE_DIR).parts[1].removesuffix(".py") in WRITING:
                yield from verbs_in(path)


def verbs_in(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and VERB.fullmatch(text) and text.split(".")[0] not in APPS:
            yield text


def test_every_act_has_words_and_every_word_an_act():
    assert set(ACTS) == set(acts_written())


def test_every_kind_of_act_can_be_looked_for():
    assert set(KINDS) == {verb.partition(".")[0] for verb in ACTS}
