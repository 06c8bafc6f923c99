"""What the log of changes says of a report's studies is read as it was written."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from screening.studies.linked import read, written

IDS = st.sets(st.integers(1, 10**9))


@given(new=IDS, known=IDS)
def test_ids_of_studies_come_back_as_they_were_written_new_ones_apart_from_known_ones(
    new: set[int], known: set[int]
) -> None:
    assert read(written(new, known)) == ({str(pk) for pk in new}, {str(pk) for pk in known})
    assert bool(written(new, known)) == bool(new | known)
