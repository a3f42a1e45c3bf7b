"""The composition root: the only package that reads the environment and imports every app."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
