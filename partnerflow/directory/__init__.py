"""Changing the directory: what may be asked, by whom, and what it may never lead to. DOMAIN: Who.

Who is responsible is derived in ``partnerflow.people``; here is only how its rows come to be what they are.
"""
