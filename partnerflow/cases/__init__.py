"""Cases: the heart. A case moves by commands decided in machine.py; its state is the fold of its events.

``model`` is the state, ``commands`` what may be asked, ``events`` what was decided. Nothing here reads a clock, a
database or a file: the instant and the view are arguments.
"""
