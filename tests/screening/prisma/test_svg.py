"""The drawing is sound SVG, every number in it leads to its records, and it needs no style or script."""

from urllib.parse import quote, unquote
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings

from screening.prisma.buckets import members
from screening.prisma.flow import Flow, build_flow
from screening.prisma.numbers import grouped
from screening.prisma.svg import described, draw
from screening.prisma.typeset import clean
from tests.screening.prisma.flows import crowded, databases_only, flows, worked

SVG = "{http://www.w3.org/2000/svg}"


def address(key: str) -> str:
    return f"/prisma/records?box={quote(key, safe='')}"


def opened(svg: str) -> dict[str, ElementTree.Element]:
    """Each link of the drawing by its key."""
    root = ElementTree.fromstring(svg)  # noqa: S314  (our own text)
    return {unquote(link.get("href", "").partition("box=")[2]): link for link in root.iter(f"{SVG}a")}


def words(element: ElementTree.Element) -> str:
    return " ".join("".join(element.itertext()).split())


def test_u1_every_number_is_a_link_to_its_own_set() -> None:
    flow = worked()
    links = opened(draw(flow, title="Flow", link=address))
    for key, link in links.items():
        n = flow.number(key)
        assert link.get("aria-label", "").endswith(f", n = {n}"), key
        assert words(link).endswith(grouped(n)), key
    parts = {
        f"{key}:{name}"
        for key in ("database_specific_results", "dbr_excluded", "other_excluded")
        for name in flow.parts[key]
    }
    boxes = {
        "dbr_identified",
        "duplicates",
        "records_screened",
        "dbr_pending_title_abstract",
        "other_not_sought",
        "new_studies",
    }
    assert parts | boxes <= set(links)
    assert all(members(key) or key == "new_studies" for key in links)


def test_a_number_without_an_address_is_no_link() -> None:
    svg = draw(worked(), title="Flow", link=lambda key: "" if key == "new_studies" else address(key))
    assert "new_studies" not in opened(svg)
    assert opened(draw(worked(), title="Flow")) == {}


@settings(max_examples=40, deadline=None)
@given(flows())
def test_any_flow_is_sound_xml_with_every_source_and_reason_in_it(flow: Flow) -> None:
    root = ElementTree.fromstring(draw(flow, title="Flow", link=address))  # noqa: S314
    text = "".join("".join(root.itertext()).split())
    names = [
        name for key in ("database_specific_results", "dbr_excluded", "other_excluded") for name in flow.parts[key]
    ]
    assert all("".join(clean(name).split()) in text for name in names)
    assert ("Provisional:" in text) is flow.provisional


def test_an_address_that_xml_cannot_hold_does_not_spoil_the_drawing() -> None:
    root = ElementTree.fromstring(draw(worked(), title="Flow", link=lambda key: f"?box={key}\x1b&<"))  # noqa: S314
    assert all(link.get("href", "").endswith("&<") for link in root.iter(f"{SVG}a"))


def test_hostile_labels_stay_text() -> None:
    svg = draw(crowded(), title="A & B <c>", link=address)
    root = ElementTree.fromstring(svg)  # noqa: S314
    assert root.find(f"{SVG}title").text == "A & B <c>"  # type: ignore[union-attr]
    assert not list(root.iter(f"{SVG}script"))
    assert "Author's" in " ".join(root.itertext())


@pytest.mark.parametrize("inline", [True, False])
def test_no_style_or_script_that_a_strict_policy_forbids(inline: bool) -> None:
    root = ElementTree.fromstring(draw(crowded(), title="Flow", link=address, inline=inline))  # noqa: S314
    assert {element.tag for element in root.iter()} & {f"{SVG}style", f"{SVG}script", f"{SVG}image"} == set()
    for element in root.iter():
        assert not [name for name in element.attrib if name == "style" or name.startswith("on")]


def test_a_drawing_in_the_page_takes_the_colours_and_faces_of_the_page() -> None:
    inline, alone = draw(worked(), title="Flow", inline=True), draw(worked(), title="Flow")
    assert "#" not in inline
    assert "font-family" not in inline
    assert "currentColor" in inline
    assert "Noto Sans" in alone
    assert 'fill="#ffffff"' in alone


def test_i51_the_provisional_mark_stands_if_and_only_if_something_is_pending() -> None:
    assert "Provisional: 4 pending." in draw(worked(), title="Flow")
    assert "Pending: retrieval" in draw(worked(), title="Flow")
    finished = draw(databases_only(), title="Flow")
    assert "Provisional" not in finished
    assert "Pending" not in finished


def test_a_broken_law_is_named_on_the_drawing() -> None:
    assert "These numbers break L7." in draw(worked(counted={"new_reports": 9}), title="Flow")


def test_a_screen_reader_gets_a_title_a_description_and_named_numbers() -> None:
    root = ElementTree.fromstring(draw(worked(), title="Flow of records", link=address))  # noqa: S314
    assert (root.get("role"), root.get("aria-labelledby"), root.get("aria-describedby")) == (
        "group",
        "flow-title",
        "flow-desc",
    )
    assert root.find(f"{SVG}desc").text == (  # type: ignore[union-attr]
        "814 records identified from databases and registers, 200 removed before screening, 614 screened, 571 excluded; "
        "41 reports sought, 2 not retrieved, 38 assessed, 30 excluded. 14 records identified by other methods; "
        "6 reports sought, 1 not retrieved, 5 assessed, 4 excluded. 8 studies in 8 reports included. Provisional: 4 pending."
    )
    assert ElementTree.fromstring(draw(worked(), title="Flow")).get("role") == "img"  # noqa: S314
    assert described(build_flow([])).endswith("0 studies in 0 reports included.")


def test_the_same_flow_gives_the_same_drawing() -> None:
    assert draw(crowded(), title="Flow", link=address) == draw(crowded(), title="Flow", link=address)


def test_a_chinese_label_names_a_chinese_face_in_the_file() -> None:
    texts = [line for line in draw(crowded(), title="Flow").splitlines() if "華藝線上圖書館" in line]
    assert len(texts) == 1
    assert "'Noto Sans CJK TC'" in texts[0].partition("華藝")[0].rpartition("<text")[2]


def test_a_footnotes_mark_is_a_plain_letter_set_higher_so_that_its_line_keeps_the_face_of_the_drawing() -> None:
    """A raised letter of Unicode is missing from most faces, and a renderer then sets the whole line in one with serifs."""
    told = draw(worked(), title="Flow")
    assert not set(told) & set("ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ")
    assert told.count('<tspan dy="-5" font-size="10">a</tspan>') == 2  # at its number, and before its note
