"""A row may point at rows of its own app and of the apps below it, never up."""

import pytest
from django.apps import apps
from django.db.models import ForeignObject, ManyToManyField

ORDER = ["neighbourhoods", "teams", "priorities", "feedback", "reports"]
RELATIONS = [
    field
    for app in ORDER
    for model in apps.get_app_config(app).get_models(include_auto_created=True)
    for field in (*model._meta.local_fields, *model._meta.local_many_to_many)
    if isinstance(field, ForeignObject | ManyToManyField)
]


@pytest.mark.parametrize("field", RELATIONS, ids=str)
def test_a_foreign_key_points_down(field):
    here, there = field.model._meta.app_label, field.related_model._meta.app_label

    assert there in ORDER[: ORDER.index(here) + 1]


def test_there_are_foreign_keys():
    assert len(RELATIONS) > 20
