"""What a force writes about itself and others to reach: checked where it comes in."""

from django.core.validators import RegexValidator, URLValidator

https_validator = URLValidator(
    schemes=["https"], message="not a web address that begins with https://"
)
telephone_validator = RegexValidator(
    r"^[0-9 +()]{3,}\Z", "not a telephone number like 01632 960 001"
)
