"""The bodies of the steps: one file per group, with an engine and addresses from the composition root.

They run in threads and may run twice; the desk's keys, the delivery's attempt and the documents' numbers see
to it that nothing happens twice.
"""

from temporalio import activity

# An exception thrown into a thread that talks to the database would break its connection in the middle of a word;
# every step ends in its own time, and what it did is found by its key.
body = activity.defn(no_thread_cancel_exception=True)
"""Marks the body of a step."""
