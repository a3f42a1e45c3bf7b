"""The portal's settings, with a watch over its ETags: for a server that tests read pages of."""

from config.settings import *  # noqa: F403
from config.settings import MIDDLEWARE

MIDDLEWARE = ["tests.etags.remember_etags", *MIDDLEWARE]
