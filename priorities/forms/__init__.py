"""The forms of residents who vote, and of staff who ask, adopt and report back."""
