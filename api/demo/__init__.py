"""`partnerflow demo`: DOMAIN's worked example 1 told on the real stack, by its people, through HTTP and mail alone."""
