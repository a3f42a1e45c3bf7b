"""The portal's settings without the API's limit: for one client that measures how fast it is."""

from config.settings import *  # noqa: F403

API_RATE = ""
