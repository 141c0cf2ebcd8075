"""Words and paper: what an event says to whom, as mail and as document.

Nothing here decides, and only ``email.send`` touches the network. ``render`` and ``pdf`` set the data given;
text of people is always shown as text. Templates stand beside their renderer.
"""
