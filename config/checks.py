"""What must hold before the portal starts, beyond what Django checks itself."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register
from django.utils.module_loading import import_string

from priorities import pdf

# Of Microsoft: whoever has an account anywhere is let in by these.
EVERYBODYS_TENANTS = {"common", "organizations", "consumers"}
LOOPBACK = {"127.0.0.1", "localhost", "::1", "[::1]", "testserver"}


@register
def wiring_imports(app_configs, **kwargs) -> list[Error]:
    """Every dotted name in the tables of ``config.wiring`` leads to something."""
    jobs = [function for function, _, _ in settings.JOBS.values()]
    replays = settings.REPLAYS.values()
    names = [*settings.NEWS.values(), settings.WITH_NAMES, *jobs, *replays]
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
def issuer_is_one(app_configs, **kwargs) -> list[Error]:
    """Single sign-on takes the word of one issuer, over TLS, and of no tenant that wants to."""
    if not settings.OIDC_ISSUER:
        return []
    issuer = urlsplit(settings.OIDC_ISSUER)
    said = f"OIDC_ISSUER is {settings.OIDC_ISSUER!r}"
    wrong = {
        "it must begin with https://": issuer.scheme != "https" and issuer.hostname not in LOOPBACK,
        "it must have no query, fragment or password": bool(
            issuer.query or issuer.fragment or "@" in issuer.netloc
        ),
        "name your own tenant: anybody can have one there": bool(
            EVERYBODYS_TENANTS & set(issuer.path.split("/"))
        ),
    }
    return [Error(f"{said}: {what}.", id="config.E004") for what, is_so in wrong.items() if is_so]


@register(Tags.security, deploy=True)
def issuer_is_kept_well(app_configs, **kwargs) -> list[Warning]:
    """What a force should not go to work with."""
    if not settings.OIDC_ISSUER:
        return []
    found = {
        "OIDC_CLIENT_SECRET has fewer than 16 characters.": len(settings.OIDC_CLIENT_SECRET) < 16,
        "OIDC_ISSUER is on this machine.": urlsplit(settings.OIDC_ISSUER).hostname in LOOPBACK,
    }
    return [Warning(what, id="config.W002") for what, is_so in found.items() if is_so]


@register
def photos_can_be_kept(app_configs, **kwargs) -> list[Error]:
    """The folder of the photos, or the first above it that is there, can be written to."""
    folder = Path(settings.MEDIA_ROOT).absolute()
    there = next(path for path in (folder, *folder.parents) if path.exists())
    if there.is_dir() and os.access(there, os.W_OK | os.X_OK):
        return []
    hint = "Set MEDIA_ROOT to a folder that the portal may write to."
    return [
        Error(f"Nothing can be written into MEDIA_ROOT, {folder}.", hint=hint, id="config.E005")
    ]


@register
def pdf_can_be_made(app_configs, **kwargs) -> list[Warning]:
    """Bulletins can be downloaded as PDF; where they cannot, their pages say so."""
    if pdf.available():
        return []
    hint = f"apt-get install {pdf.LIBRARIES} fonts-dejavu-core, or brew install pango."
    return [Warning(f"No PDF can be made: {pdf.MISSING}.", hint=hint, id="config.W001")]
