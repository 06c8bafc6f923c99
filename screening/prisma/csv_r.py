"""The flow as the CSV file that the R package PRISMA2020 reads. Pure.

The package (1.1.4) checks no sums, finds rows by a part of their key and takes reasons apart at commas and
semicolons, so that a label with one of these loses its number in silence. The rules T1 to T4 keep every number.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from screening.prisma.flow import Flow

#: The 34 rows of the package's own template, unchanged; its licence stands beside it.
TEMPLATE = Path(__file__).with_name("prisma2020_template.csv")

_LISTS = ("database_specific_results", "register_specific_results", "dbr_excluded", "other_excluded")
_UPDATES = frozenset({"previous_studies", "previous_reports", "total_studies", "total_reports"})
_META = frozenset({"total_studies_ma", "total_reports_ma"})
_OTHER = frozenset({"website_results", "organisation_results", "citations_results"})


def prisma_csv(flow: Flow) -> bytes:
    """Return the template with its column `n` filled from the flow, as UTF-8 without a byte order mark (T4)."""
    header, *rows = _template()
    key, n = header.index("data"), header.index("n")
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([*row[:n], _filled(flow, row[key], row[n]), *row[n + 1 :]])
    return written.getvalue().encode("utf-8")


def listed(parts: Mapping[str, int]) -> str:
    """Return named numbers as the package takes them apart: `Focus, 12; Scope, 3`; none at all is `0` (T2)."""
    if not parts:
        return "0"
    names = safe_labels(tuple(parts))
    return "; ".join(f"{name}, {n}" for name, n in zip(names, parts.values(), strict=True))


def safe_labels(labels: tuple[str, ...]) -> tuple[str, ...]:
    """Return the labels without anything the package trips over, all different (T1)."""
    taken: set[str] = set()
    safe = []
    for label in map(safe_label, labels):
        name, times = label, 1
        while name in taken:
            times += 1
            name = f"{label} ({times})"
        taken.add(name)
        safe.append(name)
    return tuple(safe)


def safe_label(label: str) -> str:
    """Return one label without what breaks the package's parser, its drawing engine or a spreadsheet (T1)."""
    text = "".join(" " if unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} else char for char in label)
    # The drawing engine reads `\` as an escape and `@@` as a mark to substitute.
    text = re.sub("@{2,}", "", text.replace("\\", "").replace("\ufeff", ""))
    # The parser splits at semicolons and cuts at the first comma.
    text = re.sub(r"\s*[,;]", " /", text)
    # The drawing engine turns ' into ", which ends the label it stands in.
    text = _typographic(text)
    # A spreadsheet takes these for the start of a formula; an escaping ' is no way out here.
    text = re.sub(r"^[\s=+\-@]+", "", " ".join(text.split()))
    return text or "Unnamed"


@cache
def _template() -> list[list[str]]:
    with TEMPLATE.open(encoding="utf-8", newline="") as opened:
        return list(csv.reader(opened))


def _filled(flow: Flow, key: str, found: str) -> str:
    """The cell `n` of one row: what the review makes no use of is empty, never a made-up nought (T3)."""
    if not _used(flow, key):
        return ""
    if key in _LISTS:
        return listed({reason or "No reason recorded": n for reason, n in flow.parts[key].items()})
    return str(flow.numbers[key]) if key in flow.numbers else found


def _used(flow: Flow, key: str) -> bool:
    if key in _META:
        return flow.meta_analysis
    if key in _UPDATES:
        return flow.update
    return flow.other or not (key in _OTHER or key.startswith("other_"))


def _typographic(text: str) -> str:
    text = re.sub(r"""(^|[\s(\[/])["]""", "\\1“", text).replace('"', "”")
    return re.sub(r"""(^|[\s(\[/])[']""", "\\1‘", text).replace("'", "’")
