"""Sign-in by the house's own identity provider."""


def provider_name() -> str | None:
    """What the button says; None: there is no provider."""
    return None
