"""Orders: what was bought, by whom, at which price on each leg, and until when it can be put right."""
