"""Is this XML what the law takes? The schema and the EN 16931 schematron of each syntax, run here.

The rules come with the factur-x package: its XSDs, Factur-X's own schematron for CII (all of EN 16931 and its
profile) and the European one for UBL. Its ``xml_check_schematron`` asks a server and is content when there is
none, so the stylesheets are run through Saxon in this process. Both are loaded once (a second together).
"""

from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

RULES: Final = "xsd_and_schematron"
SVRL: Final = "{http://purl.oclc.org/dsdl/svrl}"


class Syntax(StrEnum):
    """``ubl`` is told from ``ubl_invoice`` by the root element alone."""

    CII = "cii"
    UBL = "ubl"
    UBL_INVOICE = "ubl_invoice"


SCHEMAS: Final = {
    Syntax.CII: "facturx-en16931/Factur-X_EN16931.xsd",
    Syntax.UBL: "ubl-2.1/maindoc/UBL-CreditNote-2.1.xsd",
    Syntax.UBL_INVOICE: "ubl-2.1/maindoc/UBL-Invoice-2.1.xsd",
}
STYLESHEETS: Final = {
    Syntax.CII: "facturx-en16931/FACTUR-X_EN16931.xslt",
    Syntax.UBL: "ubl-2.1/EN16931-UBL-validation.xslt",
    Syntax.UBL_INVOICE: "ubl-2.1/EN16931-UBL-validation.xslt",
}


def faults(xml: bytes, syntax: Syntax) -> tuple[str, ...]:
    """Every rule the document breaks, in one sentence each; the schematron is asked only once the schema fits.

    Factur-X writes as a report what its profile has no place for: that is broken, too.
    """
    return _against_schema(xml, SCHEMAS[syntax]) or _against_schematron(xml, STYLESHEETS[syntax])


def _against_schema(xml: bytes, path: str) -> tuple[str, ...]:
    from lxml import etree

    schema = _schema(path)
    schema.validate(etree.fromstring(xml))
    return tuple(f"line {error.line}: {error.message}" for error in schema.error_log)


def _against_schematron(xml: bytes, path: str) -> tuple[str, ...]:
    from lxml import etree

    processor, stylesheet = _stylesheet(path)
    node = processor.parse_xml(xml_text=xml.decode())
    report = etree.fromstring(stylesheet.transform_to_string(xdm_node=node).encode())
    if not report.findall(f"{SVRL}fired-rule"):
        return ("the schematron found nothing to check",)
    broken = report.iter(f"{SVRL}failed-assert", f"{SVRL}successful-report")
    return tuple(dict.fromkeys(_sentence(row) for row in broken))


def _sentence(row: Any) -> str:
    """``[BR-S-02] An Invoice that contains ...``; the rule's number is in its text or its id."""
    text = " ".join("".join(row.find(f"{SVRL}text").itertext()).split())
    return text if text.startswith("[") else f"[{row.get('id', 'rule')}] {text}"


def _path(relative: str) -> str:
    return str(files("facturx").joinpath(RULES, *relative.split("/")))


@lru_cache(maxsize=3)
def _schema(path: str) -> Any:
    from lxml import etree

    return etree.XMLSchema(etree.parse(_path(path)))


@lru_cache(maxsize=2)
def _stylesheet(path: str) -> tuple[Any, Any]:
    processor = _processor()
    return processor, processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=_path(path))


@lru_cache(maxsize=1)
def _processor() -> Any:
    """One for the process: it starts Saxon's own machine, which lives as long as we do."""
    from saxonche import PySaxonProcessor

    return PySaxonProcessor(license=False)
