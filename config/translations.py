"""The Welsh catalogue, extracted, checked and compiled with Babel alone.

Django's own ``makemessages`` needs the gettext programs on the machine; this needs
nothing but a Python package, so every developer and the test run can do it.
"""

import os
import re
from collections.abc import Iterator
from io import BytesIO, StringIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

PACKAGES = ("config", "neighbourhoods", "teams", "priorities", "feedback", "reports")
CATALOGUE = Path("locale/cy/LC_MESSAGES/django.po")
ENGLISH = Path("locale/en_GB/LC_MESSAGES/django.po")  # no such file: only compiled, from the Welsh
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# The plural forms are those of Django's own Welsh catalogue. The dates are fixed, so
# that a catalogue changes only when its strings do.
EMPTY = r"""
msgid ""
msgstr ""
"Project-Id-Version: Neighbourhood Policing Portal\n"
"Report-Msgid-Bugs-To: \n"
"POT-Creation-Date: 2026-01-01 00:00+0000\n"
"PO-Revision-Date: 2026-01-01 00:00+0000\n"
"Last-Translator: \n"
"Language-Team: Welsh\n"
"Language: cy\n"
"Content-Type: text/plain; charset=utf-8\n"
"Plural-Forms: nplurals=4; plural=(n==1) ? 0 : (n==2) ? 1 : (n != 8 && n != 11) ? 2 : 3;\n"
"""
PLACEHOLDER = re.compile(
    r"%\(\w+\)[-#0 +]*\d*(?:\.\d+)?[a-zA-Z]|%[sdrf]|%%|\{\w*(?:[.!:][^{}]*)?\}"
)


def extracted(root: Path) -> Catalog:
    """Every string marked for translation in the Python files and templates below ``root``."""
    catalog = Catalog(locale="cy", fuzzy=False)
    for path in sources(root):
        source = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            source = _template_as_python(source, path)
        for line, message, comments, context in extract(
            "python", BytesIO(source.encode()), KEYWORDS, ["Translators:"], {"encoding": "utf-8"}
        ):
            where = [(path.relative_to(root).as_posix(), line)]
            catalog.add(message, locations=where, auto_comments=comments, context=context)
    return catalog


def sources(root: Path) -> Iterator[Path]:
    """The project's own Python files and templates, always in the same order."""
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path
    for path in sorted((root / "templates").rglob("*")):
        if path.suffix in {".html", ".txt"}:
            yield path


def _template_as_python(source: str, path: Path) -> str:
    """``source`` as calls of gettext; without indentation, which would mean something."""
    python = templatize(source, origin=str(path))
    return "".join(line.lstrip() or "\n" for line in StringIO(python))


def update(root: Path) -> None:
    """Bring the catalogue in line with the sources: new strings are added without a
    translation, unused ones dropped, and the translations that there are kept."""
    catalog = _read(root)
    catalog.update(extracted(root), no_fuzzy_matching=True, update_creation_date=False)
    path = root / CATALOGUE
    path.parent.mkdir(parents=True, exist_ok=True)
    written = BytesIO()
    # Without line numbers, and sorted: moving code changes nothing here.
    write_po(written, catalog, sort_output=True, ignore_obsolete=True, include_lineno=False)
    path.write_bytes(written.getvalue())


def problems(root: Path) -> list[str]:
    """What keeps the Welsh from being whole, one line each; nothing when it is."""
    wanted, have = _by_key(extracted(root)), _by_key(_read(root))
    found = [f"not in the catalogue: {_name(wanted[key])}" for key in wanted if key not in have]
    for key, message in have.items():
        if key not in wanted:
            found.append(f"no longer used: {_name(message)}")
        elif message.fuzzy:
            found.append(f"fuzzy: {_name(message)}")
        elif not all(_texts(message.string)):
            found.append(f"not translated: {_name(message)}")
        else:
            found.extend(f"{fault}: {_name(message)}" for fault in _placeholder_faults(message))
    return found


def compile_catalogues(root: Path) -> list[Path]:
    """Write the binary catalogues that Django reads, Welsh and English; return their paths."""
    welsh = _read(root)
    return [_compile(welsh, root / CATALOGUE), _compile(_english(welsh), root / ENGLISH)]


def _english(welsh: Catalog) -> Catalog:
    """Each text as its own translation.

    A text that the English catalogue lacks is looked for in those of all Django's apps, one
    after the other, before it is taken as it is: a tenth of the time that a page takes.
    """
    english = Catalog(locale="en_GB", fuzzy=False)
    for message in welsh:
        if message.id:
            english.add(message.id, message.id, context=message.context)
    return english


def _compile(catalog: Catalog, source: Path) -> Path:
    """The old one is replaced in one step: a server that starts meanwhile reads a whole one."""
    path = source.with_suffix(".mo")
    written = BytesIO()
    write_mo(written, catalog)
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_suffix(f".{os.getpid()}")
    scratch.write_bytes(written.getvalue())
    scratch.replace(path)
    return path


def _read(root: Path) -> Catalog:
    path = root / CATALOGUE
    text = path.read_text(encoding="utf-8") if path.exists() else EMPTY
    return read_po(StringIO(text), locale="cy", abort_invalid=True)


def _by_key(catalog: Catalog) -> dict[tuple, Message]:
    return {(_texts(m.id)[0], m.context): m for m in catalog if m.id}


def _texts(value: str | tuple | list) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _name(message: Message) -> str:
    where = f" ({message.locations[0][0]})" if message.locations else ""
    context = f"{message.context} | " if message.context else ""
    return f"{context}{_texts(message.id)[0]!r}{where}"


def _placeholder_faults(message: Message) -> Iterator[str]:
    """Each placeholder that a Welsh form lacks or makes up.

    One that only the English plural has, such as a count, a form may leave out.
    """
    english = [set(PLACEHOLDER.findall(text)) for text in _texts(message.id)]
    needed, allowed = set.intersection(*english), set.union(*english)
    for welsh in _texts(message.string):
        used = set(PLACEHOLDER.findall(welsh))
        yield from (f"placeholder {each} lacking" for each in sorted(needed - used))
        yield from (f"placeholder {each} unknown" for each in sorted(used - allowed))
