from django.conf import settings
from django.http import HttpRequest


def portal(request: HttpRequest) -> dict[str, object]:
    """What every page's frame needs: whether this is a demonstration."""
    return {"demo": settings.DEMO}
