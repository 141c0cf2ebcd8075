"""The words of a mail: its plain text, or its HTML read as text, without what a mail program marked as quoted."""

import re
from email.message import EmailMessage, MIMEPart
from typing import Any, Final

LONGEST: Final = 200_000
"""Characters that are looked at; nobody writes more by hand."""

_QUOTED: Final = (
    "//blockquote[@type='cite'] | //*[contains(concat(' ', @class, ' '), ' gmail_quote ')]"
    " | //*[contains(concat(' ', @class, ' '), ' gmail_quote_container ')]"
    " | //*[contains(concat(' ', @class, ' '), ' moz-cite-prefix ')]"
    " | //*[contains(concat(' ', @class, ' '), ' yahoo_quoted ')]"
    " | //*[contains(concat(' ', @class, ' '), ' protonmail_quote ')]"
    " | //script | //style | //head | //title"
)
_FROM_HERE: Final = (
    "//*[@id='appendonsend' or @id='divRplyFwdMsg' or @id='mail-editor-reference-message-container'"
    " or @id='reply-intro']"
)
_BLOCKS: Final = frozenset(
    {"p", "div", "li", "tr", "h1", "h2", "h3", "h4", "ul", "ol", "table", "hr", "blockquote"}
)


def words(message: EmailMessage) -> tuple[str, bool]:
    """(the text, whether it was HTML, whose marked quotations are gone already)."""
    plain = message.get_body(preferencelist=("plain",))
    text = _content(plain) if plain is not None else ""
    if text.strip():
        return _flowed(text, plain)[:LONGEST], False
    html = message.get_body(preferencelist=("html",))
    return (of_html(_content(html)[:LONGEST]), True) if html is not None else ("", False)


def of_html(html: str) -> str:
    """Its words, a line per block; quotations that carry a mail program's mark are left out."""
    from lxml import etree
    from lxml import html as parser

    if not html.strip():
        return ""
    try:
        root = parser.document_fromstring(
            html.encode("utf-8", "replace"), parser.HTMLParser(encoding="utf-8")
        )
    except (etree.ParserError, ValueError):
        return ""
    for marked in root.xpath(_FROM_HERE):
        _drop_rest(marked)
    for quoted in root.xpath(_QUOTED):
        if quoted.getparent() is not None:
            quoted.drop_tree()
    lines = "".join(_pieces(root)).replace("\xa0", " ").split("\n")
    return re.sub(
        r"\n{3,}", "\n\n", "\n".join(re.sub(r"[ \t\r]+", " ", line).strip() for line in lines)
    ).strip()


def _pieces(root: Any) -> list[str]:
    """Text in the order it is read, without recursion: nesting has no limit."""
    from lxml import etree

    found: list[str] = []
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        name = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            found.append("\n" if name == "br" or name in _BLOCKS else "")
            found.append("- " if name == "li" else "")
            found.append(re.sub(r"\s+", " ", element.text or ""))
        else:
            found.append("\n" if event == "end" and name in _BLOCKS else "")
            found.append(re.sub(r"\s+", " ", element.tail or "") if element is not root else "")
    return found


def _drop_rest(element: Any) -> None:
    """The element and everything behind it in its own block."""
    for later in list(element.itersiblings()):
        later.drop_tree()
    if element.getparent() is not None:
        element.drop_tree()


def _content(part: MIMEPart | None) -> str:
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except (LookupError, ValueError, AttributeError):
        payload = part.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def _flowed(text: str, part: MIMEPart | None) -> str:
    """Lines that a mail program broke softly are one (RFC 3676)."""
    lines = text.replace("\r\n", "\n")
    flowed = part is not None and str(part.get_param("format", "")).lower() == "flowed"
    return re.sub(r"(?m)(?<=\S) \n(?!>|-- ?\n|\n)", " ", lines) if flowed else lines
