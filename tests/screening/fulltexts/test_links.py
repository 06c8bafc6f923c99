"""Where a report may be found: https addresses in which no record can change what they mean."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.fulltexts.links import links_of, resolved, template_problem

TEMPLATE = "https://library.example.org/find?doi={doi}&title={title}"


@pytest.mark.parametrize(
    ("template", "sentence"),
    [
        (TEMPLATE, ""),
        ("https://library.example.org/openurl/{pmid}", ""),
        ("http://library.example.org/find?doi={doi}", "begins with https://"),
        ("javascript:alert({doi})", "begins with https://"),
        ("https://{doi}.example.org/", "begins with https://"),
        ("https://me@example.org/{doi}", "begins with https://"),
        ("https://localhost/{doi}", "begins with https://"),
        ("https://[::1/{doi}", "no web address"),
        ("https://library.example.org/find", "Put {doi}"),
        ("https://library.example.org/{isbn}", "Only {doi}"),
        ("https://library.example.org/{doi}}", "Only {doi}"),
        ("https://library.example.org/a b{doi}", "no spaces"),
    ],
)
def test_an_address_of_a_resolver_is_https_with_known_fields(template: str, sentence: str) -> None:
    said = template_problem(template)
    assert sentence in said
    assert bool(said) == bool(sentence)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=80))
def test_a_value_is_encoded_and_never_changes_the_address(value: str) -> None:
    url = resolved(TEMPLATE, {"doi": "10.1/x", "title": value})
    parts = urlsplit(url)
    assert (parts.scheme, parts.netloc, parts.path, parts.fragment) == ("https", "library.example.org", "/find", "")
    assert parse_qs(parts.query, keep_blank_values=True) == {"doi": ["10.1/x"], "title": [value]}


def test_each_identifier_opens_its_way_and_the_resolver_needs_something_to_ask_for() -> None:
    every = links_of(doi="10.1002/(sici)1:2<3::aid>3.0", title="A & B", pmid="123", pmcid="PMC9", template=TEMPLATE)
    assert [link.url for link in every] == [
        "https://doi.org/10.1002/(sici)1:2%3C3::aid%3E3.0",
        "https://pmc.ncbi.nlm.nih.gov/articles/PMC9/",
        "https://pubmed.ncbi.nlm.nih.gov/123/",
        "https://library.example.org/find?doi=10.1002%2F%28sici%291%3A2%3C3%3A%3Aaid%3E3.0&title=A%20%26%20B",
    ]
    bare = {"doi": "", "pmid": "", "pmcid": ""}
    assert [link.label for link in links_of(title="A", template=TEMPLATE, **bare)] == ["Find it in the library"]
    assert list(links_of(title="A", template="https://library.example.org/{pmid}", **bare)) == []
