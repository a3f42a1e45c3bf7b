import pytest
from django.template import Context, Template
from django.utils import translation

from neighbourhoods.templatetags import neighbourhoods as templatetags
from neighbourhoods.templatetags.neighbourhoods import phone_href
from tests.factories.neighbourhoods import BoundaryFactory, ForceFactory


def rendered(source: str, **context: object) -> str:
    return Template("{% load neighbourhoods %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("typed", "href"),
    [
        ("101", "tel:101"),
        ("01632 960 123", "tel:+441632960123"),
        ("(01632) 960-123", "tel:+441632960123"),
        ("+44 (0)1632 960123", "tel:+441632960123"),
        ("07700 900 123", "tel:+447700900123"),
        ("18001 101", "tel:18001101"),
    ],
)
def test_phone_href(typed, href):
    assert phone_href(typed) == href


@pytest.mark.parametrize(
    ("page", "welsh_name", "text", "element"),
    [
        ("en-gb", "", "Harkstow", "Harkstow"),
        ("en-gb", "Harcstow", "Harkstow", "Harkstow"),
        ("cy", "", "Harkstow", '<span lang="en">Harkstow</span>'),
        ("cy", "Harcstow", "Harcstow", "Harcstow"),
    ],
)
def test_localised_text_is_marked_where_it_is_not_in_the_language_of_the_page(
    page, welsh_name, text, element
):
    force = ForceFactory.build(name="Harkstow", name_cy=welsh_name)

    with translation.override(page):
        assert rendered('{{ force|localised:"name" }}', force=force) == text
        assert rendered('{% localised force "name" %}', force=force) == element


def test_localised_text_is_escaped():
    force = ForceFactory.build(name="<b>&", name_cy="")

    for page, element in (
        ("en-gb", "&lt;b&gt;&amp;"),
        ("cy", '<span lang="en">&lt;b&gt;&amp;</span>'),
    ):
        with translation.override(page):
            assert rendered('{% localised force "name" %}', force=force) == element


def test_localised_text_of_nothing_is_empty():
    assert rendered('{{ force|localised:"name" }}', force=None) == ""


@pytest.mark.parametrize(
    ("path", "language", "translated"),
    [
        ("/", "cy", "/cy/"),
        ("/cy/", "en-gb", "/"),
        ("/find?postcode=WQ1+1AA&x=%26", "cy", "/cy/find?postcode=WQ1+1AA&x=%26"),
        ("/cy/areas/casterwell/N%201/team/", "en-gb", "/areas/casterwell/N%201/team/"),
        ("/no/such/page", "cy", "/no/such/page"),
    ],
)
def test_translated_url_is_the_same_page_in_the_other_language(rf, path, language, translated):
    # As in a page: the language in force is the one of the page itself.
    with translation.override("cy" if path.startswith("/cy/") else "en-gb"):
        found = rendered("{% translated_url language %}", request=rf.get(path), language=language)

    assert found == translated.replace("&", "&amp;")


class TestKept:
    def test_is_the_component_in_the_language_of_the_page(self):
        for language, emergency in (("en-gb", "Emergency: call"), ("cy", "Argyfwng: ffoniwch")):
            with translation.override(language):
                assert emergency in rendered('{% kept "components/emergency_strip.html" %}')

    def test_is_drawn_once(self, monkeypatch):
        rendered('{% kept "components/footer.html" %}')
        monkeypatch.setattr(templatetags, "render_to_string", pytest.fail)

        assert "<footer" in rendered('{% kept "components/footer.html" %}')

    def test_is_drawn_anew_where_somebody_works_on_it(self, monkeypatch, settings):
        settings.DEBUG = True
        rendered('{% kept "components/footer.html" %}')
        monkeypatch.setattr(templatetags, "render_to_string", lambda name: f"new {name}")

        shown = rendered('{% kept "components/footer.html" %}')

        assert shown == "new components/footer.html"


@pytest.mark.django_db
def test_outline_map_is_an_image_with_a_name_and_no_style():
    boundary = BoundaryFactory()

    svg = rendered('{% outline_map boundary "Old Quay" %}', boundary=boundary)

    view_box, path = boundary.outline.split("|")
    assert f'viewBox="{view_box}" role="img"' in svg
    assert f'd="{path}"' in svg
    assert f'aria-labelledby="map-{boundary.pk}-title map-{boundary.pk}-description"' in svg
    assert f'<title id="map-{boundary.pk}-title">Shape of Old Quay</title>' in svg
    assert f'<desc id="map-{boundary.pk}-description">' in svg
    assert "style" not in svg
