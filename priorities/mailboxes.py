"""Which e-mail addresses are one mailbox, and a name for it that says nothing of the address."""

import hashlib
import hmac
from dataclasses import dataclass

LOCAL_LENGTH, HOST_LENGTH = 64, 253  # RFC 5321 §4.5.3.1 and RFC 1035 §2.3.4
MAILBOX_LENGTH = LOCAL_LENGTH + 1 + HOST_LENGTH


@dataclass(frozen=True)
class Provider:
    """How a provider reads the part before the @ of its addresses."""

    domain: str  # under which all its spellings are kept
    dots_matter: bool = True
    tag_sign: str = "+"  # it and what follows is ignored


# From the providers' own help pages, read in 2026: Google, "Dots don't matter in Gmail
# addresses"; Microsoft, "Plus addressing in Exchange Online" and Outlook.com; Apple, "Use
# @icloud.com, @me.com and @mac.com"; Fastmail, "Plus addressing"; Proton, "Addresses and
# aliases". A domain that is not listed may treat every character as its own: nothing but
# upper and lower case is taken from it.
_GMAIL = Provider("gmail.com", dots_matter=False)
_ICLOUD = Provider("icloud.com")
_PROTON = Provider("proton.me")
PROVIDERS: dict[str, Provider] = {
    "gmail.com": _GMAIL,
    "googlemail.com": _GMAIL,
    "icloud.com": _ICLOUD,
    "me.com": _ICLOUD,
    "mac.com": _ICLOUD,
    "proton.me": _PROTON,
    "protonmail.com": _PROTON,
    "pm.me": _PROTON,
    **{
        domain: Provider(domain)
        for domain in (
            "outlook.com",
            "hotmail.com",
            "hotmail.co.uk",
            "live.com",
            "live.co.uk",
            "fastmail.com",
            "fastmail.fm",
        )
    },
}


def canonical_address(address: str) -> str:
    """The one spelling that stands for all spellings of the same mailbox.

    It is for comparing and must not be written to. Raises ValueError for a text that is
    no address, longer than one can be, or whose domain no name server could hold.
    """
    local, at, domain = address.strip().rpartition("@")
    if not (at and local and domain):
        raise ValueError("An e-mail address has something before and after its @.")
    host = domain.rstrip(".").encode("idna").decode().lower()
    if len(local) > LOCAL_LENGTH or len(host) > HOST_LENGTH:
        raise ValueError("An e-mail address is shorter than that.")
    return _as_read_by(PROVIDERS.get(host, Provider(host, tag_sign="")), _unquoted(local))


def mailbox_key(round_key: bytes, address: str) -> str:
    """What the database keeps of a mailbox in one round: 64 hexadecimal digits.

    HMAC-SHA256 under a key of the round, so that without the key nobody can try addresses,
    and the same mailbox in two rounds has two names. Raises ValueError as above.
    """
    return hmac.new(round_key, canonical_address(address).encode(), hashlib.sha256).hexdigest()


def _unquoted(local: str) -> str:
    """RFC 5321 §4.1.2: quotes and backslashes around a name are not part of it."""
    quoted = len(local) > 2 and local[0] == local[-1] == '"'
    return (local[1:-1].replace("\\", "") if quoted else local).lower()


def _as_read_by(provider: Provider, local: str) -> str:
    name = local.partition(provider.tag_sign)[0] if provider.tag_sign else local
    if not provider.dots_matter:
        name = name.replace(".", "")
    return f"{name or local}@{provider.domain}"
