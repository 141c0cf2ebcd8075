"""Durable processes: time, order, retries, escalation, sagas. They decide nothing; the desk does.

A workflow here is disposable: it carries ids, reads a summary of its record, waits for a wake or the record's
next instant, and asks the desk. What it needs from outside it asks through the signatures in ``steps``; only
``activities``, ``relay`` and its neighbours, ``worker``, ``rebuild`` and ``clock`` reach the database.
"""
