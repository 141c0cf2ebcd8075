"""History taken over from elsewhere: what a feed's columns mean, what its rows say, which earlier lines a
correction is about. Pure; the desk books it (docs/import.md)."""
