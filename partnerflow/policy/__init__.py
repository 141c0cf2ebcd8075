"""Floor 2, policy: what an operator decides once, as data. A case keeps the policy of its opening.

Numbers, routes and rules are read from a document (policies/default.yaml is the one that ships); what holds
whatever the document says (four eyes, ceilings, settle first) is code elsewhere.
"""
