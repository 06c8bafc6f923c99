"""Flows for the tests of this step: a worked review, a crowded one, and any flow at all."""

from hypothesis import strategies as st

from screening.prisma.buckets import Bucket, SourceKind, Tally
from screening.prisma.flow import Flow, build_flow
from screening.prisma.footnotes import Declared

DATABASE, REGISTER, WEBSITE = SourceKind.DATABASE, SourceKind.REGISTER, SourceKind.WEBSITE
ORGANISATION, CITATION = SourceKind.ORGANISATION, SourceKind.CITATION

ORDER = ("Population", "Focus", "Publication type", "Language", "Study design", "Timeframe", "Scope")

WORKED_TALLIES = (
    Tally("MEDLINE", DATABASE, Bucket.DUPLICATE, n=100, duplicate_by="rule"),
    Tally("MEDLINE", DATABASE, Bucket.TA_EXCLUDED, n=231),
    Tally("Scopus", DATABASE, Bucket.DUPLICATE, n=60, duplicate_by="rule"),
    Tally("Scopus", DATABASE, Bucket.TA_EXCLUDED, n=209),
    Tally("Scopus", DATABASE, Bucket.FT_EXCLUDED, "Population", 9),
    Tally("Scopus", DATABASE, Bucket.INCLUDED, n=7),
    Tally("Web of Science", DATABASE, Bucket.DUPLICATE, n=40, duplicate_by="person"),
    Tally("Web of Science", DATABASE, Bucket.TA_EXCLUDED, n=91),
    Tally("Web of Science", DATABASE, Bucket.FT_EXCLUDED, "Focus", 12),
    Tally("Airiti Library", DATABASE, Bucket.TA_EXCLUDED, n=40),
    Tally("Airiti Library", DATABASE, Bucket.FT_EXCLUDED, "Publication type", 4),
    Tally("Airiti Library", DATABASE, Bucket.FT_EXCLUDED, "Study design", 3),
    Tally("Airiti Library", DATABASE, Bucket.FT_EXCLUDED, "Scope", 2),
    Tally("Airiti Library", DATABASE, Bucket.TA_PENDING, n=2),
    Tally("Airiti Library", DATABASE, Bucket.NOT_RETRIEVED, n=2),
    Tally("Airiti Library", DATABASE, Bucket.RETRIEVAL_PENDING, n=1),
    Tally("Airiti Library", DATABASE, Bucket.FT_PENDING, n=1),
    Tally("Google", WEBSITE, Bucket.TA_EXCLUDED, n=3),
    Tally("WHO", ORGANISATION, Bucket.DUPLICATE, n=2, across=True),
    Tally("References", CITATION, Bucket.DUPLICATE, n=3, across=True),
    Tally("References", CITATION, Bucket.NOT_RETRIEVED, n=1),
    Tally("References", CITATION, Bucket.FT_EXCLUDED, "Focus", 2),
    Tally("References", CITATION, Bucket.FT_EXCLUDED, "Publication type", 1),
    Tally("References", CITATION, Bucket.FT_EXCLUDED, "Study design", 1),
    Tally("References", CITATION, Bucket.INCLUDED, n=1),
)

#: Labels that break parsers, drawings and spreadsheets.
HOSTILE = (
    "Conference proceedings, editorials",
    "Language (not English; not Chinese)",
    "Author's opinion",
    'The "wrong" outcome',
    "100 % online \\ no data",
    "@@1 of 2",
    "=SUM(A1:A9)",
    "+ 5",
    "- none",
    "@home",
    "two\nlines\r\nthree",
    "研究對象，不符合",
    "Supercalifragilisticexpialidociousandstillmoreofit",
    "<script>alert('x')</script> & more",
    "bell\x07 and nothing",
    "NA",
    "12",
    ";",
)
REASONS = st.sampled_from(HOSTILE) | st.text(min_size=1, max_size=60).filter(str.strip)


def worked(**settings: object) -> Flow:
    """A review with both columns and four items pending; numbers chosen so that every law says something."""
    return build_flow(
        WORKED_TALLIES,
        studies=8,
        reason_order=ORDER,
        as_of="2026-03-20",
        scope="Phases 1 and 2 combined",
        **settings,  # type: ignore[arg-type]
    )


def databases_only() -> Flow:
    """A finished review without other methods."""
    return build_flow(
        [t for t in WORKED_TALLIES if t.source_kind is DATABASE and not t.bucket.endswith("_pending")],
        studies=7,
        reason_order=ORDER,
    )


def crowded() -> Flow:
    """An update with eight databases, two registers, twelve long reasons a column and numbers of six digits."""
    names = (
        "MEDLINE (Ovid)",
        "Scopus",
        "Web of Science Core Collection",
        "Airiti Library 華藝線上圖書館",
        "CNKI 中国知网",
        "ERIC",
        "PsycINFO",
        "Cumulative Index to Nursing and Allied Health Literature (CINAHL Plus with Full Text)",
    )
    tallies = [Tally(name, DATABASE, Bucket.TA_EXCLUDED, n=10_214 + place) for place, name in enumerate(names)]
    tallies += [
        Tally("ClinicalTrials.gov", REGISTER, Bucket.TA_EXCLUDED, n=1200),
        Tally("WHO ICTRP", REGISTER, Bucket.DUPLICATE, n=20_000),
        Tally("Scopus", DATABASE, Bucket.TA_EXCLUDED, n=50, by_tool=True),
        Tally("Scopus", DATABASE, Bucket.TA_PENDING, n=12_000),
        Tally("Scopus", DATABASE, Bucket.INCLUDED_UNLINKED, n=3),
        Tally("Scopus", DATABASE, Bucket.INCLUDED, n=10_009),
        Tally("Google", WEBSITE, Bucket.TA_PENDING, n=12_000),
        Tally("Google", WEBSITE, Bucket.DUPLICATE, n=12_000, across=True),
        Tally("References", CITATION, Bucket.INCLUDED, n=10_002),
    ]
    for place, reason in enumerate(HOSTILE[:12]):
        tallies.append(Tally("Scopus", DATABASE, Bucket.FT_EXCLUDED, reason, 1000 + place))
        tallies.append(Tally("References", CITATION, Bucket.FT_EXCLUDED, reason, 10_000 + place))
    return build_flow(
        tallies,
        studies=15_000,
        kind="update",
        previous_studies=12,
        previous_reports=14,
        removed_studies=1,
        removed_reports=2,
        studies_in_meta_analysis=5,
        reports_in_meta_analysis=6,
        declared=[Declared("Scopus", DATABASE, Bucket.DUPLICATE, 12, "EndNote", "L. Wu", "2026-01-02")],
        as_of="2026-03-20T10:15:00+00:00",
        scope="all searches",
    )


@st.composite
def tallies(draw: st.DrawFn) -> Tally:
    """One tally of any source, bucket and size; a full-text exclude always has a reason."""
    bucket = draw(st.sampled_from(Bucket))
    return Tally(
        source_name=draw(st.sampled_from(["Scopus", "ERIC", "Airiti Library 華藝", "References"])),
        source_kind=draw(st.sampled_from(SourceKind)),
        bucket=bucket,
        reason=draw(REASONS) if bucket is Bucket.FT_EXCLUDED else "",
        n=draw(st.sampled_from([0, 1, 2, 41, 9999, 10_214, 1_234_567])),
        by_tool=bucket is Bucket.TA_EXCLUDED and draw(st.booleans()),
        duplicate_by=draw(st.sampled_from(["", "rule", "person"])) if bucket is Bucket.DUPLICATE else "",
        across=bucket is Bucket.DUPLICATE and draw(st.booleans()),
    )


@st.composite
def flows(draw: st.DrawFn) -> Flow:
    """Any flow that tallies can make, an update or not."""
    update = draw(st.booleans())
    return build_flow(
        draw(st.lists(tallies(), max_size=14)),
        studies=draw(st.integers(0, 20_000)),
        previous_studies=draw(st.integers(0, 500)) if update else None,
        previous_reports=draw(st.integers(0, 500)) if update else None,
        studies_in_meta_analysis=draw(st.none() | st.integers(0, 50)),
        as_of=draw(st.sampled_from(["", "2026-03-20"])),
    )
