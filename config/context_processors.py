from functools import partial

from django.conf import settings
from django.http import HttpRequest

from config.demo_sign_in import demo_cast, demo_code


def portal(request: HttpRequest) -> dict[str, object]:
    """What every page's frame needs. The demonstration's extras are worked out where shown."""
    frame = {"single_sign_on": bool(settings.OIDC_ISSUER)}
    if not settings.DEMO:
        return frame | {"demo": False}
    return frame | {"demo": True, "demo_cast": demo_cast, "demo_code": partial(demo_code, request)}
