"""The commands of `partnerflow`, by what they concern."""
