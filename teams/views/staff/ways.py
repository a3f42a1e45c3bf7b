"""What the pages on the way in have in common."""

from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

LINK_SESSION_KEY = "teams.invitation_link"


def own_path(path: str) -> str:
    """The page that somebody wanted, if it is one of ours; else the staff home."""
    ours = path.startswith("/") and url_has_allowed_host_and_scheme(path, None)
    return path if ours else reverse("reports:staff_home")
