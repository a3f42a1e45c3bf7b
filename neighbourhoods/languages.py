"""The two languages of the portal, for paired text fields such as ``name`` and ``name_cy``."""

ENGLISH = "en-gb"
WELSH = "cy"
HTML_LANGUAGES = {ENGLISH: "en", WELSH: "cy"}


def text_in(language: str, obj: object, field: str) -> tuple[str, str]:
    """The text of a paired field as ``(text, its language)``.

    Welsh readers get the Welsh text where there is one, else the English; the
    second part tells a page when it has to mark the text as the other language.
    """
    welsh = getattr(obj, f"{field}_cy")
    if language == WELSH and welsh:
        return welsh, WELSH
    return getattr(obj, field), ENGLISH
