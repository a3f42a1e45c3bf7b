"""What must hold before the portal starts, beyond what Django checks itself."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Error, Warning, register
from django.utils.module_loading import import_string

from priorities import pdf

LOOPBACK = {"127.0.0.1", "localhost", "::1", "[::1]", "testserver"}


@register
def wiring_imports(app_configs, **kwargs) -> list[Error]:
    """Every dotted name in the tables of ``config.wiring`` leads to something."""
    jobs = [function for function, _, _ in settings.JOBS.values()]
    names = [*settings.NEWS.values(), settings.WITH_NAMES, *jobs]
    return [error for name in names if (error := _import_error(name))]


def _import_error(name: str) -> Error | None:
    try:
        import_string(name)
    except ImportError as exc:
        return Error(f"config.wiring names {name!r}: {exc}", id="config.E001")
    return None


@register
def demo_is_local(app_configs, **kwargs) -> list[Error]:
    """Sign-in without a password exists on the embedded database and loopback only."""
    hosts = {*settings.ALLOWED_HOSTS, urlsplit(settings.SITE_URL).hostname}
    if not settings.DEMO or (settings.EMBEDDED and hosts <= LOOPBACK):
        return []
    return [
        Error(
            "DEMO=1 lets anyone sign in: it works with the embedded SQLite database and a "
            "loopback address only.",
            hint="Unset DEMO, or unset DATABASE_URL, ALLOWED_HOSTS and SITE_URL.",
            id="config.E002",
        )
    ]


@register
def site_is_secure(app_configs, **kwargs) -> list[Error]:
    """Outside loopback the portal speaks TLS alone."""
    site = urlsplit(settings.SITE_URL)
    if site.scheme == "https" or site.hostname in LOOPBACK:
        return []
    return [
        Error(f"SITE_URL must begin with https://, not {settings.SITE_URL!r}.", id="config.E003")
    ]


@register
def pdf_can_be_made(app_configs, **kwargs) -> list[Warning]:
    """Bulletins can be downloaded as PDF; where they cannot, their pages say so."""
    if pdf.available():
        return []
    hint = f"apt-get install {pdf.LIBRARIES} fonts-dejavu-core, or brew install pango."
    return [Warning(f"No PDF can be made: {pdf.MISSING}.", hint=hint, id="config.W001")]
