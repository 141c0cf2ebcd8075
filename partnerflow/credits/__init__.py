"""Credits: what may be given back, on which leg, to the penny, and the paper that says so. Pure arithmetic
and data."""
