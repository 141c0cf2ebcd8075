"""Mails that come in: fetched or received, staged, taken in one by one, and what they do."""
