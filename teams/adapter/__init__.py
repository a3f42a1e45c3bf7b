"""What sign-in does differently here from what allauth does by itself."""

from teams.adapter.accounts import AccountAdapter, display_name
from teams.adapter.factors import MFAAdapter
from teams.adapter.issuer import IssuerAdapter

__all__ = ["AccountAdapter", "IssuerAdapter", "MFAAdapter", "display_name"]
