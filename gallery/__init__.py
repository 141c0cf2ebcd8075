"""``make gallery``: the seeded product as each role sees it, every page in light and dark, wide and narrow, with axe.

Pages are found by following links, so that a new room needs no entry here.
"""
