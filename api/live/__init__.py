"""Pages that follow what happens: server-sent events from PostgreSQL's notifications, in a process of their own.

An open page holds a connection for as long as it is looked at. The web tier's threads are for requests that end, so
these connections are served by one event loop; a reader there costs a queue, not a thread (ADR 0015).
"""
