"""PostgreSQL, Temporal, a mail sink and an upstream double on this machine: for `demo`, `up` and tests."""
