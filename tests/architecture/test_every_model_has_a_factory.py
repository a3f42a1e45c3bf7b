import importlib
import inspect

import pytest
from django.apps import apps
from factory.django import DjangoModelFactory

ORDER = ["neighbourhoods", "teams", "priorities", "feedback", "reports"]
MODELS = [model for app in ORDER for model in apps.get_app_config(app).get_models()]


def factories_of(app: str) -> dict[type, type]:
    """The factories of ``tests/factories/<app>.py`` by the model that they make."""
    module = importlib.import_module(f"tests.factories.{app}")
    return {
        factory._meta.model: factory
        for _name, factory in inspect.getmembers(module, inspect.isclass)
        if issubclass(factory, DjangoModelFactory) and factory.__module__ == module.__name__
    }


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_model_has_a_factory_in_its_apps_module(model):
    assert model in factories_of(model._meta.app_label)


@pytest.mark.django_db
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_factory_makes_a_row_by_itself(model):
    factories_of(model._meta.app_label)[model]()

    assert model.objects.count() >= 1
