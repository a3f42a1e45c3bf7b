"""What residents and staff type about a message. Shape and wording only: nothing here writes."""

from uuid import UUID, uuid4

from crispy_forms.layout import Field, Hidden, Layout, Submit
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from feedback.models.message import TEXT_LENGTH
from priorities.forms.fields import MailboxField
from teams.forms.fields import ProseField, StaffForm, one_button
from teams.models import Member

TOO_LONG = _("The text must be 4,000 characters or fewer")


class PersonField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Member) -> str:
        return obj.full_title


class DangerForm(forms.Form):
    """The first question, alone on its page. Sent by GET: it changes nothing."""

    use_required_attribute = False

    danger = forms.ChoiceField(
        label=_("Is anyone in danger now?"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Select yes if anyone is in danger now"),
            "invalid_choice": _("Select yes if anyone is in danger now"),
        },
    )

    def __init__(self, *args: object, **kwargs: object):
        super().__init__(*args, **kwargs)
        self.helper = one_button(_("Continue"))
        self.helper.form_method = "get"
        self.helper.layout = Layout(
            Field("danger", template="portal/question.html"),
            Hidden("asked", "1"),  # without a choice nothing else would be sent
            Submit("submit", _("Continue")),
        )


class MessageForm(forms.Form):
    """A message to the team, and where to answer it."""

    use_required_attribute = False

    text = ProseField(
        rows=8,
        label=_("What would you like to ask or tell the team?"),
        max_length=TEXT_LENGTH,
        help_text=_(
            "Do not include bank details, passwords or more about other people than the team needs."
        ),
        error_messages={
            "required": _("Enter what you would like to ask or tell the team"),
            "max_length": TOO_LONG,
        },
    )
    name = forms.CharField(
        label=_("Your name (optional)"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"}),
        error_messages={"max_length": _("The name must be 100 characters or fewer")},
    )
    email = MailboxField(
        label=_("Your email address"),
        help_text=_(
            "We use it to answer you and for nothing else. We delete it, with your name, "
            "90 days after the last answer."
        ),
        error_messages={
            "required": _("Enter your email address, so that the team can answer you"),
            "invalid": _("Enter an email address like name@example.com"),
            "max_length": _("The email address must be 254 characters or fewer"),
        },
    )
    key = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: object, **kwargs: object):
        super().__init__(*args, initial={"key": uuid4()}, **kwargs)
        self.helper = one_button(
            _("Send to the team"),
            Field("text", data_module="character-count"),
            "name",
            "email",
            "key",
        )

    def clean_key(self) -> UUID:
        """The key that came with the form; a fresh one where it was lost on the way."""
        try:
            return UUID(self.cleaned_data["key"])
        except ValueError:
            return uuid4()


class KeepFromForm(StaffForm):
    """Which of the ``people`` does not see what a sender writes."""

    button = _("Do not show them this sender’s messages")
    member = PersonField(
        label=_("Who is it?"),
        queryset=Member.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={
            "required": _("Choose a person"),
            "invalid_choice": _("Choose a person from the list"),
        },
    )

    def __init__(self, *args: object, people: QuerySet[Member], **kwargs: object):
        super().__init__(*args, **kwargs)
        self.fields["member"].queryset = people


class AnswerForm(StaffForm):
    """What the team answers. ``seen`` is how many answers its writer could read before."""

    button = _("Send answer")
    text = ProseField(
        rows=8,
        label=_("Your answer"),
        max_length=TEXT_LENGTH,
        help_text=_("Say what you have done or will do, and by when. It is sent at once."),
        error_messages={"required": _("Enter your answer"), "max_length": TOO_LONG},
    )
    seen = forms.IntegerField(
        min_value=0,
        widget=forms.HiddenInput,
        error_messages={
            "required": _("Open the message again, then answer"),
            "invalid": _("Open the message again, then answer"),
            "min_value": _("Open the message again, then answer"),
        },
    )

    def __init__(self, *args: object, action: str, seen: int, **kwargs: object):
        super().__init__(*args, initial={"seen": seen}, **kwargs)
        self.helper.form_action = action

    def layout(self) -> list[object]:
        return [Field("text", data_module="character-count"), "seen"]
