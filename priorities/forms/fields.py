from django import forms

from priorities.mailboxes import canonical_address


class MailboxField(forms.EmailField):
    """An e-mail address whose mailbox can be told from every other."""

    def __init__(self, **kwargs: object):
        super().__init__(
            max_length=254,
            widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
            **kwargs,
        )

    def clean(self, value: object) -> str:
        address = super().clean(value)
        try:
            canonical_address(address)
        except ValueError as exc:
            raise forms.ValidationError(self.error_messages["invalid"]) from exc
        return address
