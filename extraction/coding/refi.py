"""A codebook as REFI-QDA writes it: ``.qdc``, namespace ``urn:QDA-XML:codebook:1.0`` (qdasoftware.org). Pure (I48).

Entities, document types and external references are refused (defusedxml), so that a hostile file costs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from extraction.coding.exchange import (
    LONGEST_NAME,
    LONGEST_TEXT,
    MOST_BYTES,
    MOST_SETS,
    CodebookUnreadable,
    CodeFacts,
    CodeSet,
    checked,
    described,
    given_or_new_guid,
    read_csv,
    understood,
)

NAMESPACE = "urn:QDA-XML:codebook:1.0"
DEEPEST = 50
#: What XML 1.0 has no place for.
_UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_qdc(codes: Sequence[CodeFacts], origin: str = "", sets: Sequence[CodeSet] = ()) -> bytes:
    """The codebook as .qdc: codes nested below the code above them, guid and colour kept; then its sets, of these codes alone."""
    root = Element("CodeBook", {"xmlns": NAMESPACE, **({"origin": origin} if origin else {})})
    top = SubElement(root, "Codes")
    known = {code.guid for code in codes}
    waiting = [(code, top) for code in reversed(codes) if code.parent not in known]
    while waiting:
        code, where = waiting.pop()
        made = _element(code, where)
        waiting += [(one, made) for one in reversed(codes) if one.parent == code.guid]
    if sets:
        _add_sets(SubElement(root, "Sets"), sets, known)
    body: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return body


def _element(code: CodeFacts, where: Element) -> Element:
    known = {"guid": code.guid, "name": _fit(code.name), "isCodable": "true" if code.codable else "false"}
    made = SubElement(where, "Code", {**known, **({"color": code.colour} if code.colour else {})})
    if description := described(code):
        SubElement(made, "Description").text = _fit(description)
    return made


def _add_sets(where: Element, sets: Sequence[CodeSet], known: set[str]) -> None:
    for one in sets:
        made = SubElement(where, "Set", {"guid": one.guid, "name": _fit(one.name)})
        if one.description:
            SubElement(made, "Description").text = _fit(one.description)
        for guid in one.codes:
            if guid in known:
                SubElement(made, "MemberCode", {"guid": guid})


def _fit(text: str) -> str:
    return _UNFIT.sub("", text)


def codes_of_file(content: bytes, name: str) -> list[CodeFacts]:
    """The codes of a file, CSV by its name or else .qdc. Raises CodebookUnreadable with a sentence."""
    if not name.lower().endswith(".csv"):
        return read_qdc(content)
    try:
        return read_csv(content.decode())
    except UnicodeDecodeError as problem:
        raise CodebookUnreadable("The CSV is not in UTF-8. Save it as CSV UTF-8, then bring it in.") from problem


def read_qdc(content: bytes) -> list[CodeFacts]:
    """The codes of a .qdc, each after the one above it. Raises CodebookUnreadable with a sentence."""
    return checked(_codes(_root(content)))


def sets_of_file(content: bytes, name: str) -> list[CodeSet]:
    """The sets of codes of a file; a CSV has none. Raises CodebookUnreadable with a sentence."""
    if name.lower().endswith(".csv"):
        return []
    root = _root(content)
    codes = {given_or_new_guid(one.get("guid", "")) for one in root.iter(f"{{{NAMESPACE}}}Code")}
    found: dict[str, CodeSet] = {}
    for element in root.findall(f"{{{NAMESPACE}}}Sets/{{{NAMESPACE}}}Set"):
        one = _set(element, codes)
        if not one.name:
            continue
        if (
            one.guid in found
            or len(found) == MOST_SETS
            or len(one.name) > LONGEST_NAME
            or len(one.description) > LONGEST_TEXT
        ):
            raise CodebookUnreadable(
                f"A codebook has at most {MOST_SETS} sets, each with a guid of its own and a name of at most {LONGEST_NAME} letters. "
                "Mend the sets in the program that wrote the file, then bring it in."
            )
        found[one.guid] = one
    return list(found.values())


def _set(element: Element, codes: set[str]) -> CodeSet:
    named = (given_or_new_guid(one.get("guid", "")) for one in element.findall(f"{{{NAMESPACE}}}MemberCode"))
    return CodeSet(
        guid=given_or_new_guid(element.get("guid", "")),
        name=" ".join(element.get("name", "").split()),
        description=(element.findtext(f"{{{NAMESPACE}}}Description") or "").strip(),
        codes=tuple(dict.fromkeys(guid for guid in named if guid in codes)),
    )


def _root(content: bytes) -> Element:
    if len(content) > MOST_BYTES:
        raise CodebookUnreadable("The file is larger than 5 MB, which no codebook is. Export the codebook alone.")
    try:
        root: Element = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise CodebookUnreadable(
            "The file cannot be read as XML. Export the codebook again as REFI-QDA (.qdc)."
        ) from error
    if root.tag != f"{{{NAMESPACE}}}CodeBook":
        raise CodebookUnreadable("The file is XML, but no REFI-QDA codebook. Export the codebook as .qdc.")
    return root


def _codes(root: Element) -> Iterator[CodeFacts]:
    tops = root.findall(f"{{{NAMESPACE}}}Codes/{{{NAMESPACE}}}Code")
    waiting = [(one, "", 1) for one in reversed(tops)]
    while waiting:
        element, parent, depth = waiting.pop()
        code = _code(element, parent)
        yield code
        if depth == DEEPEST:
            raise CodebookUnreadable(f"Codes are nested deeper than {DEEPEST}. Flatten the codebook, then bring it in.")
        below = element.findall(f"{{{NAMESPACE}}}Code")
        waiting += [(one, code.guid, depth + 1) for one in reversed(below)]


def _code(element: Element, parent: str) -> CodeFacts:
    description = element.findtext(f"{{{NAMESPACE}}}Description") or ""
    code = CodeFacts(
        guid=given_or_new_guid(element.get("guid", "")),
        name=element.get("name", ""),
        colour=element.get("color", ""),
        parent=parent,
        codable=element.get("isCodable", "true") not in {"false", "0"},
    )
    return understood(code, description)
