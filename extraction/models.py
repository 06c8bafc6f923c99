"""The tables of extraction, step by step, as Django looks for them."""

from extraction.consensus.models import Chosen, Settlement
from extraction.entries.models import (
    Anchor,
    Entry,
    EntryRole,
    EntryState,
    EntryValue,
    Extraction,
    ExtractionState,
    ValueStatus,
)
from extraction.tables.models import EntryMode, Form, FormKind, FormVersion

__all__ = (
    "Anchor",
    "Chosen",
    "Entry",
    "EntryMode",
    "EntryRole",
    "EntryState",
    "EntryValue",
    "Extraction",
    "ExtractionState",
    "Form",
    "FormKind",
    "FormVersion",
    "Settlement",
    "ValueStatus",
)
