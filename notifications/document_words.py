"""The words of a document in its reader's language: English, German, French; English for any other locale.

One table per language with the same keys (tests/notifications/test_document_words.py). Braces are filled by
``str.format``.
"""

from collections.abc import Mapping
from typing import Final

ENGLISH: Final[Mapping[str, str]] = {
    "credit_note": "Credit note", "debit_note": "Debit note", "rebill": "Invoice",
    "type_credit_note": "credit note", "type_debit_note": "debit note", "type_rebill": "invoice",
    "page": "Page", "of_pages": "of", "colon": ":",
    "credited_to": "Credited to", "billed_to": "Billed to", "vat_id": "VAT id",
    "issue_date": "Issue date", "corrects": "Corrects invoice", "takes_back": "Takes back",
    "original": "Original invoice", "dated": "of {day}",
    "order": "Order", "purchase_order": "Your purchase order", "case": "Case", "document_type": "Document type",
    "currency": "Currency", "reason": "Reason",
    "line": "Line", "item": "Item", "quantity": "Quantity", "unit_price": "Unit price", "vat": "VAT",
    "credited": "Credited", "billed": "Billed", "net_in": "Net {currency}", "by_amount": "credited by amount",
    "net": "Net", "lines_in_all": "Lines in all", "on": "on {amount}", "vat_in_all": "VAT in all",
    "vat_in_own": "VAT in {currency}", "at_rate": "at {rate}", "at_rate_of": "at {rate} of {day}",
    "total_credit_note": "Credit in all", "total_debit_note": "Debit in all", "total_rebill": "Invoice total",
    "discount": "Discount", "fee": "Restocking fee", "rounding": "Rounding difference",
    "percent_off": "Credited at {percent}", "percent_off_rebill": "Billed at {percent}",
    "unused": "{left} of {of} unused", "unused_day": "{left} of {of} days unused",
    "unused_month": "{left} of {of} months unused", "unused_hour": "{left} of {of} hours unused",
    "less_discount": "less discount {amount}", "less_fee": "less restocking fee {amount}",
    "allocation": "Where this credit goes", "unpaid_reduced": "Reduces what is open on {invoice}",
    "refund": "Refunded to you", "account_credit": "To your account",
    "settled_outside": "Settled outside this document", "this_order": "this order",
    "terms_credit_note": "This credit is set against your account.",
    "terms_debit_note": "Falls due again under the terms of {original}; {invoice} is taken back.",
    "terms_rebill": "Payable under the terms agreed with {issuer}.",
    "adjustment": "VAT adjustment.",
    "adjusts_invoice": "This credit note corrects invoice {invoice}", "adjusts_order":
    "This credit note corrects the supply under order {order}",
    "lowers": "and lowers the VAT charged there by {tax}. The issuer reduces its output tax by this amount; the "
    "recipient reduces the input tax it has claimed by the same amount. Rates are those of the invoice.",
    "lowers_nothing": "and lowers the amount charged there without VAT: {why}.",
    "raises": "This debit note takes back credit note {invoice} and raises the VAT by {tax}: issuer and recipient "
    "undo the adjustment that credit note made. Rates are those of the original invoice.",
    "new_supply": "This invoice is a new supply with its own date and tax. It bills what was wanted instead under "
    "case {case}; what was credited there has its own credit note.",
    "questions": "Questions about this document: quote {case} and {number}.",
    "reason_of_case": "{reason}: order {order} corrected in case {case}.",
    "S": "VAT", "Z": "VAT, zero rated", "E": "VAT, exempt",
    "AE": "VAT, reverse charge: the recipient accounts for it", "K": "VAT, exempt intra-community supply",
    "G": "VAT, export outside the tax territory", "O": "Outside the scope of VAT", "other_tax": "VAT {category}",
    "why_E": "Exempt from VAT", "why_AE": "Reverse charge", "why_K": "Intra-community supply",
    "why_G": "Export outside the tax territory", "why_O": "Not subject to VAT",
    "wrong_item_ordered": "Wrong item ordered", "wrong_quantity": "Wrong quantity",
    "ordered_twice": "Ordered twice", "wrong_price": "Wrong price", "wrong_tax": "Wrong tax",
    "wrong_end_customer": "Wrong end customer", "no_longer_needed": "No longer needed",
    "not_as_agreed": "Not as agreed", "other": "Other",
}  # fmt: skip

# In German law a "Gutschrift" is a bill the buyer writes; what corrects an invoice is a "Rechnungskorrektur".
GERMAN: Final[Mapping[str, str]] = {
    "credit_note": "Rechnungskorrektur", "debit_note": "Belastungsanzeige", "rebill": "Rechnung",
    "type_credit_note": "Rechnungskorrektur", "type_debit_note": "Belastungsanzeige", "type_rebill": "Rechnung",
    "page": "Seite", "of_pages": "von", "colon": ":",
    "credited_to": "Gutgeschrieben an", "billed_to": "Rechnung an", "vat_id": "USt-IdNr.",
    "issue_date": "Ausstellungsdatum", "corrects": "Berichtigt Rechnung", "takes_back": "Hebt auf",
    "original": "Ursprüngliche Rechnung",
    "dated": "vom {day}",
    "order": "Auftrag", "purchase_order": "Ihre Bestellung", "case": "Vorgang", "document_type": "Belegart",
    "currency": "Währung", "reason": "Grund",
    "line": "Pos.", "item": "Artikel", "quantity": "Menge", "unit_price": "Einzelpreis", "vat": "USt",
    "credited": "Anteil", "billed": "Anteil", "net_in": "Netto {currency}",
    "by_amount": "als Betrag gutgeschrieben",
    "net": "Netto", "lines_in_all": "Summe der Positionen", "on": "auf {amount}", "vat_in_all": "USt gesamt",
    "vat_in_own": "USt in {currency}", "at_rate": "zum Kurs {rate}", "at_rate_of": "zum Kurs {rate} vom {day}",
    "total_credit_note": "Gutschriftbetrag", "total_debit_note": "Belastungsbetrag",
    "total_rebill": "Rechnungsbetrag",
    "discount": "Rabatt", "fee": "Rücknahmegebühr", "rounding": "Rundungsdifferenz",
    "percent_off": "Zu {percent} gutgeschrieben", "percent_off_rebill": "Zu {percent} berechnet",
    "unused": "{left} von {of} ungenutzt", "unused_day": "{left} von {of} Tagen ungenutzt",
    "unused_month": "{left} von {of} Monaten ungenutzt", "unused_hour": "{left} von {of} Stunden ungenutzt",
    "less_discount": "abzüglich Rabatt {amount}", "less_fee": "abzüglich Rücknahmegebühr {amount}",
    "allocation": "Wohin diese Gutschrift geht", "unpaid_reduced": "Mindert den offenen Betrag von {invoice}",
    "refund": "An Sie erstattet", "account_credit": "Auf Ihr Konto gutgeschrieben",
    "settled_outside": "Außerhalb dieses Belegs ausgeglichen", "this_order": "diesem Auftrag",
    "terms_credit_note": "Der Betrag wird Ihrem Konto gutgeschrieben.",
    "terms_debit_note": "Wird nach den Bedingungen von {original} erneut fällig; {invoice} ist aufgehoben.",
    "terms_rebill": "Zahlbar nach den mit {issuer} vereinbarten Bedingungen.",
    "adjustment": "Umsatzsteuerberichtigung.",
    "adjusts_invoice": "Diese Rechnungskorrektur berichtigt die Rechnung {invoice}", "adjusts_order":
    "Diese Rechnungskorrektur berichtigt die Lieferung zum Auftrag {order}",
    "lowers": "und mindert die dort berechnete Umsatzsteuer um {tax}. Der Aussteller mindert seine Umsatzsteuer um "
    "diesen Betrag, der Empfänger seinen Vorsteuerabzug um denselben. Es gelten die Steuersätze der Rechnung.",
    "lowers_nothing": "und mindert den dort berechneten Betrag ohne Umsatzsteuer: {why}.",
    "raises": "Diese Belastungsanzeige hebt die Rechnungskorrektur {invoice} auf und erhöht die Umsatzsteuer um "
    "{tax}: Aussteller und Empfänger machen deren Berichtigung rückgängig. Es gelten die Steuersätze der "
    "ursprünglichen Rechnung.",
    "new_supply": "Diese Rechnung betrifft eine neue Lieferung mit eigenem Datum und eigener Steuer. Sie berechnet, "
    "was im Vorgang {case} stattdessen gewünscht war; für die Gutschrift gibt es einen eigenen Beleg.",
    "questions": "Bei Fragen zu diesem Beleg nennen Sie bitte {case} und {number}.",
    "reason_of_case": "{reason}: Auftrag {order}, berichtigt im Vorgang {case}.",
    "S": "USt", "Z": "USt, Nullsatz", "E": "USt, steuerfrei",
    "AE": "Steuerschuldnerschaft des Leistungsempfängers", "K": "Steuerfreie innergemeinschaftliche Lieferung",
    "G": "Steuerfreie Ausfuhrlieferung", "O": "Nicht steuerbar", "other_tax": "USt {category}",
    "why_E": "Steuerfrei", "why_AE": "Steuerschuldnerschaft des Leistungsempfängers",
    "why_K": "Steuerfreie innergemeinschaftliche Lieferung", "why_G": "Steuerfreie Ausfuhrlieferung",
    "why_O": "Nicht steuerbar",
    "wrong_item_ordered": "Falscher Artikel bestellt", "wrong_quantity": "Falsche Menge",
    "ordered_twice": "Doppelt bestellt", "wrong_price": "Falscher Preis", "wrong_tax": "Falsche Steuer",
    "wrong_end_customer": "Falscher Endkunde", "no_longer_needed": "Nicht mehr benötigt",
    "not_as_agreed": "Nicht wie vereinbart", "other": "Sonstiges",
}  # fmt: skip

FRENCH: Final[Mapping[str, str]] = {
    "credit_note": "Avoir", "debit_note": "Note de débit", "rebill": "Facture",
    "type_credit_note": "avoir", "type_debit_note": "note de débit", "type_rebill": "facture",
    "page": "Page", "of_pages": "sur", "colon": "\u00a0:",
    "credited_to": "Avoir pour", "billed_to": "Facturé à", "vat_id": "N° de TVA",
    "issue_date": "Date d’émission", "corrects": "Rectifie la facture", "takes_back": "Annule",
    "original": "Facture d’origine",
    "dated": "du {day}",
    "order": "Commande", "purchase_order": "Votre commande", "case": "Dossier", "document_type": "Type de document",
    "currency": "Devise", "reason": "Motif",
    "line": "Ligne", "item": "Article", "quantity": "Quantité", "unit_price": "Prix unitaire", "vat": "TVA",
    "credited": "Part", "billed": "Part", "net_in": "HT {currency}", "by_amount": "crédité en montant",
    "net": "Total HT", "lines_in_all": "Total des lignes", "on": "sur {amount}", "vat_in_all": "TVA totale",
    "vat_in_own": "TVA en {currency}", "at_rate": "au taux {rate}", "at_rate_of": "au taux {rate} du {day}",
    "total_credit_note": "Total de l’avoir TTC", "total_debit_note": "Total TTC", "total_rebill": "Total TTC",
    "discount": "Remise", "fee": "Frais de retour", "rounding": "Écart d’arrondi",
    "percent_off": "Crédité à {percent}", "percent_off_rebill": "Facturé à {percent}",
    "unused": "{left} sur {of} non utilisés", "unused_day": "{left} jours sur {of} non utilisés",
    "unused_month": "{left} mois sur {of} non utilisés", "unused_hour": "{left} heures sur {of} non utilisées",
    "less_discount": "moins remise {amount}", "less_fee": "moins frais de retour {amount}",
    "allocation": "Affectation de cet avoir", "unpaid_reduced": "Réduit le solde ouvert de {invoice}",
    "refund": "Remboursé", "account_credit": "Porté à votre compte",
    "settled_outside": "Réglé hors de ce document", "this_order": "cette commande",
    "terms_credit_note": "Cet avoir est porté à votre compte.",
    "terms_debit_note": "Redevient exigible aux conditions de {original} ; {invoice} est annulé.",
    "terms_rebill": "Payable aux conditions convenues avec {issuer}.",
    "adjustment": "Régularisation de TVA.",
    "adjusts_invoice": "Cet avoir rectifie la facture {invoice}", "adjusts_order":
    "Cet avoir rectifie la livraison de la commande {order}",
    "lowers": "et réduit de {tax} la TVA qui y était facturée. L’émetteur diminue d’autant sa TVA collectée, le "
    "destinataire sa TVA déductible. Les taux sont ceux de la facture.",
    "lowers_nothing": "et réduit le montant facturé, sans TVA : {why}.",
    "raises": "Cette note de débit annule l’avoir {invoice} et augmente la TVA de {tax} : émetteur et destinataire "
    "annulent la régularisation de cet avoir. Les taux sont ceux de la facture d’origine.",
    "new_supply": "Cette facture concerne une nouvelle livraison, avec sa date et sa TVA propres. Elle porte sur ce "
    "qui était souhaité dans le dossier {case} ; ce qui y a été crédité fait l’objet d’un avoir.",
    "questions": "Pour toute question sur ce document, indiquez {case} et {number}.",
    "reason_of_case": "{reason} : commande {order}, rectifiée dans le dossier {case}.",
    "S": "TVA", "Z": "TVA à taux zéro", "E": "Exonéré de TVA",
    "AE": "Autoliquidation de la TVA par le preneur", "K": "Livraison intracommunautaire exonérée",
    "G": "Exportation exonérée", "O": "Hors champ de la TVA", "other_tax": "TVA {category}",
    "why_E": "Exonéré de TVA", "why_AE": "Autoliquidation", "why_K": "Livraison intracommunautaire exonérée",
    "why_G": "Exportation exonérée", "why_O": "Hors champ de la TVA",
    "wrong_item_ordered": "Mauvais article commandé", "wrong_quantity": "Quantité erronée",
    "ordered_twice": "Commandé deux fois", "wrong_price": "Prix erroné", "wrong_tax": "TVA erronée",
    "wrong_end_customer": "Mauvais client final", "no_longer_needed": "Plus nécessaire",
    "not_as_agreed": "Non conforme à ce qui était convenu", "other": "Autre",
}  # fmt: skip

LANGUAGES: Final[Mapping[str, Mapping[str, str]]] = {"en": ENGLISH, "de": GERMAN, "fr": FRENCH}


def language(locale: str) -> str:
    """``de_AT`` -> ``de``; a language without words reads English."""
    short = locale[:2].lower()
    return short if short in LANGUAGES else "en"


def words(locale: str) -> Mapping[str, str]:
    """The table of a reader's locale."""
    return LANGUAGES[language(locale)]


def reason_words(reason: str, locale: str = "en") -> str:
    """``wrong_item_ordered``, or the desk's English sentence that begins with it, in the reader's language.

    Any other text stays as it was written.
    """
    w = words(locale)
    if reason in _REASONS:
        return w[reason]
    head, _, rest = reason.partition(": order ")
    order, corrected, case = rest.rpartition(" corrected in case ")
    code = head.lower().replace(" ", "_")
    if code in _REASONS and corrected:
        return w["reason_of_case"].format(reason=w[code], order=order, case=case.removesuffix("."))
    return reason


_REASONS: Final = frozenset(
    {
        "wrong_item_ordered", "wrong_quantity", "ordered_twice", "wrong_price", "wrong_tax", "wrong_end_customer",
        "no_longer_needed", "not_as_agreed", "other",
    }
)  # fmt: skip
