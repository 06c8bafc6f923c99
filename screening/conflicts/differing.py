"""Which answers of two or more voters clash: pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

NOT_MET = "not_met"


def differs(answers: Sequence[str]) -> bool:
    """True where two gave different answers, or one says not met and another said nothing.

    An answer beside a missing one is no clash else: at title and abstract answers may be left out.
    """
    given = {answer for answer in answers if answer}
    return len(given) > 1 or (given == {NOT_MET} and not all(answers))


def differing(answer_sets: Sequence[Mapping[str, str]], keys: Sequence[str]) -> tuple[str, ...]:
    """The ``keys``, in their order, on which the voters' answers clash. One voter alone clashes with nobody."""
    if len(answer_sets) < 2:
        return ()
    return tuple(key for key in keys if differs([str(answers.get(key, "")) for answers in answer_sets]))
