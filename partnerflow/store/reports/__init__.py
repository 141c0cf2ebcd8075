"""The read side of the money: balances, statements, reconciliation, exposure.

Each report is a bounded number of statements; row-level security shows a reader only the books of its organisation.
"""
