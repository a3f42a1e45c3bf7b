"""Suggest, vote, adopt, act and report back: what residents want their team to work on."""
