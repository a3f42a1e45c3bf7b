"""PDF that a screen reader can read, from our own HTML. The one module that knows WeasyPrint.

In the HTML given here ``<span>`` and ``<article>`` hold text in the other of the two
languages and nothing else, so that the tags they become can be marked with it.
"""

import io
from pathlib import Path

import pikepdf

from neighbourhoods.languages import WELSH

try:
    import weasyprint
    from weasyprint.urls import URLFetcher
except OSError as exc:  # Pango or HarfBuzz is not on this machine
    weasyprint, MISSING = None, str(exc).partition("\n")[0]
else:
    MISSING = ""

LIBRARIES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
_PDF_LANGUAGES = {False: "en-GB", True: "cy"}
_SCOPES = {"/THead": "/Column", "/TBody": "/Row", "/TFoot": "/Row"}


class PdfUnavailable(Exception):
    """This machine lacks the libraries that draw a PDF; the message names them."""


def available() -> bool:
    """Whether this machine can make a PDF."""
    return weasyprint is not None


def render_pdf(html: str, language: str, *, stylesheet: Path) -> bytes:
    """The page ``html``, which says its language itself, as PDF/UA-1. Raises PdfUnavailable.

    WeasyPrint writes header cells without a scope (its issue 2508) and knows one
    language a document, so both are put right in what it has written.
    """
    if not available():
        raise PdfUnavailable(f"{MISSING}. It needs {LIBRARIES}.")
    nothing = URLFetcher(allowed_protocols=())  # a PDF is made of what is handed over
    style = weasyprint.CSS(string=stylesheet.read_text(), url_fetcher=nothing)
    page = weasyprint.HTML(string=html, url_fetcher=nothing)
    written = page.write_pdf(stylesheets=[style], pdf_variant="pdf/ua-1")
    return _finished(written, other_language=_PDF_LANGUAGES[language != WELSH])


def _finished(written: bytes, *, other_language: str) -> bytes:
    finished = io.BytesIO()
    with pikepdf.open(io.BytesIO(written)) as pdf:
        _mend(pdf.Root.StructTreeRoot.K, "", other_language)
        for page in pdf.pages:
            for annotation in page.get("/Annots", ()):
                annotation.F = 4  # print: a link on screen is one on paper
        pdf.save(finished, deterministic_id=True)
    return finished.getvalue()


def _mend(node: pikepdf.Object, group: str, other_language: str) -> None:
    """Walk the tags below ``node``, which stand in the ``group`` of rows of a table, if any."""
    if isinstance(node, pikepdf.Array):
        for child in node:
            _mend(child, group, other_language)
    elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
        kind = str(node.S)
        if kind == "/TH":
            node.A.Scope = pikepdf.Name(_SCOPES[group])
        if kind == "/Art" or (kind == "/Span" and _holds_tags(node)):
            node.Lang = pikepdf.String(other_language)
        if "/K" in node:
            _mend(node.K, kind if kind in _SCOPES else group, other_language)


def _holds_tags(node: pikepdf.Object) -> bool:
    """Whether other tags stand in it: a span of the HTML, where a bare run of text has none."""
    return any(isinstance(child, pikepdf.Dictionary) for child in _children(node))


def _children(node: pikepdf.Object):
    return node.K if isinstance(node.K, pikepdf.Array) else [node.K]
