"""The bodies of the steps: one file per group, with an engine and addresses from the composition root.

They run in threads and may run twice; the desk's keys, the delivery's attempt and the documents' numbers see
to it that nothing happens twice.
"""
