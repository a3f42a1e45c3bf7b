import gettext
from pathlib import Path

import pytest

from config import translations
from config.translations import CATALOGUE

TEMPLATE = """
{% load i18n %}
  {# Translators: on the button #}
  {% translate "Follow" %}
      {% blocktranslate trimmed with name=officer.name %}
        Ask {{ name }}
        a question (100%)
      {% endblocktranslate %}
  <p class="{% if a %}{{ _("Beat") }}{% endif %}" title='{% translate "May" context "month" %}'>
    {% blocktranslate trimmed count counter=n context "team" %}
      {{ counter }} officer
    {% plural %}
      {{ counter }} officers
    {% endblocktranslate %}
      it's {{ value|default:_("nobody") }}
"""
PYTHON = """
from django.utils.translation import gettext as _, ngettext, pgettext_lazy

def label(n):
    return _("Your %(force)s " "team"), ngettext("%(n)s day", "%(n)s days", n)

MONTH = pgettext_lazy("month", "March")
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path / "templates/teams/public/page.html", TEMPLATE)
    write(tmp_path / "teams/wording.py", PYTHON)
    write(tmp_path / "teams/migrations/0001_initial.py", '_("Not for translators")')
    return tmp_path


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def translate(root: Path, english: str, *welsh: str) -> None:
    """Fill the empty translation that follows ``english`` in the catalogue."""
    path = root / CATALOGUE
    before, after = path.read_text().split(f'"{english}"\n', 1)
    for text in welsh:
        head, tail = after.split('""\n', 1)
        after = f'{head}"{text}"\n{tail}'
    path.write_text(f'{before}"{english}"\n{after}', encoding="utf-8")


def test_extracted_finds_every_kind_of_mark(root):
    found = {
        (message.id, message.context) for message in translations.extracted(root) if message.id
    }

    assert found == {
        ("Follow", None),
        ("Ask %(name)s a question (100%%)", None),
        ("Beat", None),
        ("May", "month"),
        (("%(counter)s officer", "%(counter)s officers"), "team"),
        ("nobody", None),
        ("Your %(force)s team", None),
        (("%(n)s day", "%(n)s days"), None),
        ("March", "month"),
    }


def test_update_keeps_translations_and_is_stable(root):
    translations.update(root)
    translate(root, "Follow", "Dilyn")
    before = (root / CATALOGUE).read_text()

    write(root / "teams/wording.py", "\n\n" + PYTHON)
    translations.update(root)

    assert (root / CATALOGUE).read_text() == before
    assert 'msgid "Follow"\nmsgstr "Dilyn"\n' in before
    assert "nplurals=4; plural=(n==1) ? 0 : (n==2) ? 1 :" in before.replace('"\n"', "")


def test_update_drops_what_is_no_longer_used(root):
    translations.update(root)
    translate(root, "March", "Mawrth")
    write(root / "teams/wording.py", "")

    assert "no longer used: month | 'March' (teams/wording.py)" in translations.problems(root)
    translations.update(root)

    assert "Mawrth" not in (root / CATALOGUE).read_text()


def test_problems_names_every_string_not_in_the_catalogue(root):
    write(root / "templates/teams/public/page.html", "")

    assert translations.problems(root) == [
        "not in the catalogue: 'Your %(force)s team' (teams/wording.py)",
        "not in the catalogue: '%(n)s day' (teams/wording.py)",
        "not in the catalogue: month | 'March' (teams/wording.py)",
    ]


def test_problems_names_empty_fuzzy_and_wrong_placeholders(root):
    write(root / "templates/teams/public/page.html", "")
    translations.update(root)
    translate(root, "Your %(force)s team", "Eich tîm %(llu)s")
    translate(root, "%(n)s days", "%(n)s diwrnod", "%(n)s ddiwrnod", "%(n)s diwrnod")
    path = root / CATALOGUE
    path.write_text(path.read_text().replace('msgctxt "month"', '#, fuzzy\nmsgctxt "month"'))

    assert sorted(translations.problems(root)) == [
        "fuzzy: month | 'March' (teams/wording.py)",
        "not translated: '%(n)s day' (teams/wording.py)",
        "placeholder %(force)s lacking: 'Your %(force)s team' (teams/wording.py)",
        "placeholder %(llu)s unknown: 'Your %(force)s team' (teams/wording.py)",
    ]


@pytest.mark.parametrize(
    ("english", "welsh", "faults"),
    [
        ("{name} left", "Gadawodd {name}", []),
        ("{name} left", "Gadawodd {enw}", ["{name} lacking", "{enw} unknown"]),
        ("%(name)s left", "Gadawodd %(name)", ["%(name)s lacking"]),
        ("%s left", "Gadawodd", ["%s lacking"]),
    ],
)
def test_problems_compares_placeholders_of_both_kinds(tmp_path, english, welsh, faults):
    write(tmp_path / "teams/wording.py", f'_("{english}")')
    translations.update(tmp_path)
    translate(tmp_path, english, welsh)

    assert translations.problems(tmp_path) == [
        f"placeholder {fault}: {english!r} (teams/wording.py)" for fault in faults
    ]


def test_problems_lets_a_form_leave_out_what_only_the_english_plural_has(tmp_path):
    write(tmp_path / "teams/wording.py", 'ngettext("One day", "%(n)s days", n)')
    translations.update(tmp_path)
    translate(tmp_path, "%(n)s days", "Un diwrnod", "Deuddydd", "%(n)s diwrnod", "%(n)s diwrnod")

    assert translations.problems(tmp_path) == []


def test_compile_catalogues_writes_what_gettext_reads(root):
    translations.update(root)
    translate(root, "Follow", "Dilyn")
    translate(root, "%(n)s days", "un", "dau", "tri", "wyth")

    welsh = _read_by_gettext(translations.compile_catalogues(root)[0])

    assert welsh.gettext("Follow") == "Dilyn"
    counts = [welsh.ngettext("%(n)s day", "%(n)s days", n) for n in (1, 2, 5, 8)]
    assert counts == ["un", "dau", "tri", "wyth"]
    left = sorted(path.name for path in (root / CATALOGUE).parent.iterdir())
    assert left == ["django.mo", "django.po"]


class NeverAsked(gettext.NullTranslations):
    gettext = ngettext = pgettext = pytest.fail


def test_english_finds_every_text_in_its_own_catalogue(root):
    translations.update(root)
    english = _read_by_gettext(translations.compile_catalogues(root)[1])
    english.add_fallback(NeverAsked())

    assert english.gettext("Follow") == "Follow"
    assert [english.ngettext("%(n)s day", "%(n)s days", n) for n in (1, 2)] == [
        "%(n)s day",
        "%(n)s days",
    ]
    assert english.pgettext("month", "March") == "March"


def _read_by_gettext(path: Path) -> gettext.GNUTranslations:
    with path.open("rb") as compiled:
        return gettext.GNUTranslations(compiled)
