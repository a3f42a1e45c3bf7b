"""Templates compile, obey the content security policy, say what they need, and are used."""

import ast
import re
from pathlib import Path

import allauth.account
import allauth.mfa
import crispy_forms
import pytest
from django.conf import settings
from django.template.loader import get_template

FOLDER = Path(settings.BASE_DIR / "templates")
TEMPLATES = sorted(
    str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*") if path.suffix in {".html", ".txt"}
)
PAGES = [name for name in TEMPLATES if name.endswith(".html")]
COMPONENTS = [name for name in TEMPLATES if name.startswith("components/")]
OURS = ("config", "neighbourhoods", "teams", "priorities", "feedback", "reports")
# These look their templates up by names of their own.
LIBRARIES = [
    Path(library.__file__).parent for library in (allauth.account, allauth.mfa, crispy_forms)
]

FORBIDDEN = {
    "an inline style": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "an inline script": re.compile(r"<script\b(?![^>]*\ssrc=)", re.IGNORECASE),
    "an event attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "a script in an address": re.compile(r"javascript:", re.IGNORECASE),
}
# A mail is not under the policy, and its readers know no style sheets beside it.
ALLOWED = {("layouts/email.html", "a style element")}
KEPT = re.compile(r"{% kept \"(.+?)\" %}")
NAME = re.compile(r"[\"']([\w./-]+\.(?:html|txt))[\"']")


def source(name: str) -> str:
    return (FOLDER / name).read_text()


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_compiles(name):
    assert get_template(name).origin.name == str(FOLDER / name)


@pytest.mark.parametrize("name", PAGES)
def test_a_template_obeys_the_content_security_policy(name):
    found = {what for what, pattern in FORBIDDEN.items() if pattern.search(source(name))}

    assert {what for what in found if (name, what) not in ALLOWED} == set()


@pytest.mark.parametrize("name", PAGES)
def test_a_table_stays_one_where_its_rows_are_blocks(name):
    """Browsers forget what a table is once a style sheet lays it out as something else."""
    parts = re.findall(r"<(?:table|thead|tbody|tr|th|td)\b[^>]*>", source(name))

    assert [part for part in parts if "role=" not in part and name != "layouts/email.html"] == []


@pytest.mark.parametrize("name", COMPONENTS)
def test_a_component_says_first_what_it_needs(name):
    first = source(name).partition("\n")[0]

    assert re.fullmatch(r"\{# Needs: .+\. .+ #\}", first)


def test_what_is_kept_needs_nothing():
    """It is drawn for one reader and shown to all others."""
    kept = {found for name in TEMPLATES for found in KEPT.findall(source(name))}

    assert {source(name).partition(".")[0] for name in kept} == {"{# Needs: nothing"}


def test_every_template_is_used():
    used = [*_names_in_templates(), *_names_in_code()]

    unused = [name for name in TEMPLATES if not any(p.fullmatch(name) for p in used)]

    assert unused == []


def _names_in_templates() -> set[re.Pattern]:
    named = {(name, found) for name in TEMPLATES for found in NAME.findall(source(name))}
    return {re.compile(re.escape(found)) for name, found in named if found != name}


def _names_in_code() -> set[re.Pattern]:
    """What any text in our code or a library's could be the name of."""
    modules = [path for app in OURS for path in Path(settings.BASE_DIR / app).rglob("*.py")]
    modules += [path for library in LIBRARIES for path in library.rglob("*.py")]
    return {pattern for path in modules for pattern in _names_in(ast.parse(path.read_text()))}


def _names_in(tree: ast.AST) -> set[re.Pattern]:
    texts = {_as_pattern(node) for node in ast.walk(tree)}
    names = {text for text in texts if text and re.search(r"/[\w.+\\-]+(html|txt|\\\.)$", text)}
    return {re.compile(_completed(name)) for name in names}


def _completed(name: str) -> str:
    """allauth adds the ending ("account/login." + "html"), crispy the folder of the pack."""
    name = name.removeprefix("templates/")
    name = f"portal/{name.removeprefix('.+/')}" if name.startswith(".+/") else name
    return f"{name}html" if name.endswith(r"\.") else name


def _as_pattern(node: ast.AST) -> str | None:
    """A text or f-string as a regular expression, whatever is filled in being anything."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.sub(r"%s|\\{\w*\\}", ".+", re.escape(node.value))
    if isinstance(node, ast.JoinedStr):
        parts = (
            _as_pattern(part) if isinstance(part, ast.Constant) else ".+" for part in node.values
        )
        return "".join(part or "" for part in parts)
    return None
