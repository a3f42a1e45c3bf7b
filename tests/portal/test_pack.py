import lxml.html
import pytest
from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Button, ButtonHolder, Div, Field, Fieldset, Layout, Submit
from crispy_forms.utils import render_crispy_form
from django import forms
from django.template.loader import render_to_string
from django.utils import translation

CHOICES = [("a", "Speeding"), ("b", "Litter")]
REQUIRED = {"required": "Enter an answer"}


def form_with(field, *, data=None, layout=None):
    """A bound or unbound form of one field, ``answer``, and the helper that lays it out."""
    form = type("AnswerForm", (forms.Form,), {"answer": field})(data=data)
    form.helper = FormHelper()
    form.helper.layout = Layout(layout or "answer")
    return form


def parsed(form):
    return lxml.html.fromstring(render_crispy_form(form, context={"csrf_token": "token"}))


def field_of(widget, **options):
    """A required field with a hint, in the form class that suits ``widget``."""
    options = {"label": "Your answer", "help_text": "A hint", "error_messages": REQUIRED} | options
    if isinstance(widget, forms.CheckboxSelectMultiple):
        return forms.MultipleChoiceField(widget=widget, choices=CHOICES, **options)
    if isinstance(widget, (forms.RadioSelect, forms.Select)):
        return forms.ChoiceField(widget=widget, choices=CHOICES, **options)
    if isinstance(widget, forms.CheckboxInput):
        return forms.BooleanField(widget=widget, **options)
    if isinstance(widget, forms.FileInput):
        return forms.FileField(widget=widget, **options)
    return forms.CharField(widget=widget, **options)


def classes(element):
    return set(element.get("class").split())


SINGLE = [
    (forms.TextInput(), "govuk-input", "govuk-input--error"),
    (forms.EmailInput(), "govuk-input", "govuk-input--error"),
    (forms.NumberInput(), "govuk-input", "govuk-input--error"),
    (forms.URLInput(), "govuk-input", "govuk-input--error"),
    (forms.DateInput(), "govuk-input", "govuk-input--error"),
    (forms.PasswordInput(), "govuk-password-input__input", "govuk-input--error"),
    (forms.Textarea(), "govuk-textarea", "govuk-textarea--error"),
    (forms.Select(), "govuk-select", "govuk-select--error"),
    (forms.FileInput(), "govuk-file-upload", "govuk-file-upload--error"),
    (forms.ClearableFileInput(), "govuk-file-upload", "govuk-file-upload--error"),
    (forms.CheckboxInput(), "govuk-checkboxes__input", None),
]
GROUPS = [
    (forms.RadioSelect(), "govuk-radios"),
    (forms.CheckboxSelectMultiple(), "govuk-checkboxes"),
]
KINDS = [widget for widget, *_ in [*SINGLE, *GROUPS]]


def kind(value):
    return type(value).__name__ if isinstance(value, forms.Widget) else ""


@pytest.mark.parametrize(("widget", "css_class", "error_class"), SINGLE, ids=kind)
class TestOneControl:
    def test_is_labelled_and_described(self, widget, css_class, error_class):
        page = parsed(form_with(field_of(widget)))

        control = page.get_element_by_id("id_answer")
        (label,) = page.xpath("//label[@for='id_answer']")
        assert label.text_content() == "Your answer"
        assert css_class in classes(control)
        assert error_class not in classes(control)
        assert control.get("aria-describedby", "id_answer_helptext") == "id_answer_helptext"
        assert page.get_element_by_id("id_answer_helptext").text_content() == "A hint"
        assert "novalidate" in page.attrib

    def test_says_what_is_wrong(self, widget, css_class, error_class):
        form = form_with(field_of(widget), data={})
        page = parsed(form)

        control = page.get_element_by_id("id_answer")
        error = page.get_element_by_id("id_answer_error")
        assert error.tag == "p"
        assert error.text_content() == "Error: Enter an answer"
        assert control.get("aria-invalid") == "true"
        assert css_class in classes(control)
        assert error_class is None or error_class in classes(control)
        assert len(page.find_class("govuk-form-group--error")) == 1
        assert form["answer"].aria_describedby == "id_answer_helptext id_answer_error"


@pytest.mark.parametrize(("widget", "block"), GROUPS, ids=kind)
class TestGroup:
    def test_has_a_legend_and_a_label_for_each_option(self, widget, block):
        page = parsed(form_with(field_of(widget)))

        assert page.xpath("//legend/text()") == ["Your answer"]
        assert page.xpath("//fieldset/@aria-describedby") == ["id_answer_helptext"]
        assert page.xpath("//input[@name='answer']/@id") == ["id_answer_0", "id_answer_1"]
        assert page.xpath("//label/@for") == ["id_answer_0", "id_answer_1"]
        assert [label.text_content() for label in page.xpath("//label")] == ["Speeding", "Litter"]
        assert page.xpath("//*[@data-module]/@data-module") == [block]

    def test_says_what_is_wrong(self, widget, block):
        page = parsed(form_with(field_of(widget), data={}))

        (fieldset,) = page.xpath("//fieldset")
        assert fieldset.get("aria-describedby") == "id_answer_helptext id_answer_error"
        assert page.get_element_by_id("id_answer_error").text_content() == "Error: Enter an answer"
        assert page.xpath("//input[@name='answer']/@aria-invalid") == ["true", "true"]
        assert len(page.find_class("govuk-form-group--error")) == 1

    def test_keeps_what_was_chosen(self, widget, block):
        page = parsed(form_with(field_of(widget), data={"answer": ["b"]}))

        assert page.xpath("//input[@checked]/@value") == ["b"]

    def test_puts_its_classes_on_the_container(self, widget, block):
        layout = Field("answer", css_class=f"{block}--small")
        page = parsed(form_with(field_of(widget), layout=layout))

        (container,) = page.find_class(block)
        assert classes(container) == {block, f"{block}--small"}


@pytest.mark.parametrize("widget", KINDS, ids=kind)
@pytest.mark.parametrize("data", [None, {}], ids=["asked", "in error"])
def test_every_description_exists(widget, data):
    page = parsed(form_with(field_of(widget), data=data))

    named = " ".join(page.xpath("//@aria-describedby")).split()
    ids = page.xpath("//@id")
    assert set(named) <= set(ids)
    assert len(ids) == len(set(ids))
    assert "id_answer_helptext" in named
    assert ("id_answer_error" in named) == (data is not None)


@pytest.mark.parametrize("widget", KINDS, ids=kind)
def test_every_error_links_to_the_first_input(widget):
    form = form_with(field_of(widget), data={})
    page = parsed(form)

    summary = lxml.html.fromstring(
        render_to_string("components/error_summary.html", {"form": form}).strip()
    )
    (link,) = summary.xpath("//a")
    assert link.text == "Enter an answer"
    target = page.get_element_by_id(link.get("href").removeprefix("#"))
    assert target is page.xpath("//input[@name='answer']|//select|//textarea")[0]


def test_error_summary_says_what_belongs_to_no_field():
    form = form_with(forms.CharField(required=False), data={})
    form.add_error(None, "The two totals differ")

    summary = lxml.html.fromstring(
        render_to_string("components/error_summary.html", {"form": form})
    )
    assert summary.xpath("//li/text()") == ["The two totals differ"]
    assert summary.xpath("//a") == []


def test_error_summary_is_absent_from_a_sound_form():
    form = form_with(forms.CharField(required=False), data={})

    assert render_to_string("components/error_summary.html", {"form": form}).strip() == ""


def test_several_errors_of_a_field_share_one_paragraph():
    form = form_with(forms.CharField(), data={"answer": "x"})
    form.add_error("answer", "Too short")
    form.add_error("answer", "Use <b> no more")

    page = parsed(form)
    error = page.get_element_by_id("id_answer_error")
    assert error.text_content() == "Error: Too shortUse <b> no more"


def test_size_class_stays_beside_the_input_class():
    layout = Field("answer", css_class="govuk-input--width-10")
    page = parsed(form_with(forms.CharField(), layout=layout))

    assert {"govuk-input", "govuk-input--width-10"} <= classes(page.get_element_by_id("id_answer"))


def test_autocomplete_survives():
    widget = forms.TextInput(attrs={"autocomplete": "postal-code", "inputmode": "text"})
    page = parsed(form_with(forms.CharField(widget=widget)))

    control = page.get_element_by_id("id_answer")
    assert (control.get("autocomplete"), control.get("inputmode")) == ("postal-code", "text")


def counted(**options):
    field = forms.CharField(widget=forms.Textarea(attrs={"rows": 5}), max_length=1200, **options)
    return field, Field("answer", data_module="character-count")


def test_character_count_counts_without_a_hint_and_stops_nobody():
    field, layout = counted()
    page = parsed(form_with(field, layout=layout))

    control = page.get_element_by_id("id_answer")
    (group,) = page.find_class("govuk-character-count")
    assert group.get("data-module") == "govuk-character-count"
    assert group.get("data-maxlength") == "1200"
    assert "maxlength" not in control.attrib
    assert "data-module" not in control.attrib
    assert control.get("rows") == "5"
    assert control.get("aria-describedby") == "id_answer-info"
    assert page.get_element_by_id("id_answer-info").text_content().startswith("You can enter up to")


def test_character_count_keeps_an_answer_in_error():
    field, layout = counted(help_text="A hint", error_messages={"max_length": "Too long"})
    typed = "<script>" + "é" * 1200
    page = parsed(form_with(field, data={"answer": typed}, layout=layout))

    control = page.get_element_by_id("id_answer")
    assert control.text == "\n" + typed or control.text == typed
    assert control.get("aria-invalid") == "true"
    assert control.get("aria-describedby") == "id_answer_helptext id_answer_error id_answer-info"
    assert "govuk-textarea--error" in classes(control)


def test_character_count_speaks_welsh_in_every_plural_form():
    field, layout = counted()
    with translation.override("cy"):
        page = parsed(form_with(field, layout=layout))

    (group,) = page.find_class("govuk-character-count")
    forms_given = {name for name in group.attrib if name.startswith("data-i18n.characters-under")}
    suffixes = {name.rpartition(".")[2] for name in forms_given}
    assert suffixes == {"zero", "one", "two", "few", "many", "other"}


def test_password_can_be_shown():
    widget = forms.PasswordInput(attrs={"autocomplete": "current-password"})
    page = parsed(form_with(forms.CharField(widget=widget)))

    (group,) = page.find_class("govuk-password-input")
    (button,) = page.xpath("//button[@type='button']")
    control = page.get_element_by_id("id_answer")
    assert group.get("data-module") == "govuk-password-input"
    assert button.get("aria-controls") == "id_answer"
    assert "hidden" in button.attrib
    assert control.get("spellcheck") == "false"
    assert control.get("autocomplete") == "current-password"


def test_hidden_input_has_no_group():
    page = parsed(form_with(forms.CharField(widget=forms.HiddenInput), data={"answer": "x"}))

    assert page.get_element_by_id("id_answer").get("value") == "x"
    assert page.find_class("govuk-form-group") == []


@pytest.mark.parametrize("widget", [forms.TextInput(), forms.RadioSelect()], ids=kind)
def test_question_page_makes_the_label_its_heading(widget):
    layout = Field("answer", template="portal/question.html")
    page = parsed(form_with(field_of(widget), layout=layout))

    assert [heading.text_content() for heading in page.xpath("//h1")] == ["Your answer"]


def test_post_form_carries_a_token_and_get_form_none():
    form = form_with(forms.CharField())
    assert parsed(form).xpath("//input[@name='csrfmiddlewaretoken']/@value") == ["token"]

    form.helper.form_method = "get"
    page = parsed(form)
    assert page.xpath("//input[@name='csrfmiddlewaretoken']") == []
    assert page.get("method") == "get"


def test_file_form_is_multipart():
    assert parsed(form_with(forms.FileField())).get("enctype") == "multipart/form-data"


def test_layout_objects():
    layout = Div(
        Fieldset("How we can reply", "answer", css_id="reply"),
        ButtonHolder(
            Submit("submit", "Send"),
            Submit("later", "Save for later", css_class="govuk-button--secondary"),
            Button("check", "Check"),
            HTML('<a href="/">Cancel</a>'),
        ),
        css_class="govuk-!-margin-top-4",
    )
    page = parsed(form_with(forms.CharField(), layout=layout))

    (legend,) = page.xpath("//fieldset[@id='reply']/legend")
    assert legend.text_content() == "How we can reply"
    buttons = [(b.get("type"), b.get("name"), b.text, classes(b)) for b in page.xpath("//button")]
    assert buttons == [
        ("submit", None, "Send", {"govuk-button"}),
        ("submit", "later", "Save for later", {"govuk-button", "govuk-button--secondary"}),
        ("button", "check", "Check", {"govuk-button"}),
    ]
    assert page.xpath("//div[@class='govuk-button-group']/a/text()") == ["Cancel"]
