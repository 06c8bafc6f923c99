"""One review with a member in every role, for tests that cross the steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from screening.reviews.models import Membership, Review
from screening.roles import Role
from tests.factories import lead, make_member, make_review, make_user

BEGINNING = datetime(2024, 3, 1, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Team:
    """Ids only: each act reads the member anew, as a request does.

    ``alice``, ``bob`` and ``dan`` review; ``bob`` has the longest undo window. ``cora`` reviews and adjudicates, ``carol``
    adjudicates only. ``vera`` leads and reviews, ``lena`` only leads.
    """

    review_id: int
    members: dict[str, int]

    @property
    def review(self) -> Review:
        """The review as it is now."""
        return Review.objects.get(pk=self.review_id)

    def member(self, name: str) -> Membership:
        """The member as a request of theirs would find it."""
        return Membership.objects.select_related("review", "user").get(pk=self.members[name])

    def all(self, names: Sequence[str] | None = None) -> list[Membership]:
        """These members, or every one."""
        wanted = [self.members[name] for name in names or self.members]
        return list(Membership.objects.select_related("review", "user").filter(pk__in=wanted).order_by("pk"))


ROLES: dict[str, tuple[str, tuple[Role, ...]]] = {
    "alice": ("Alice Archer", (Role.REVIEWER,)),
    "bob": ("Bob Baker", (Role.REVIEWER,)),
    "dan": ("Dan Dorn", (Role.REVIEWER,)),
    "cora": ("Cora Cole", (Role.REVIEWER, Role.ADJUDICATOR)),
    "carol": ("Carol Chen", (Role.ADJUDICATOR,)),
    "vera": ("Vera Voss", (Role.LEAD, Role.REVIEWER)),
    "libby": ("Libby Lane", (Role.LIBRARIAN,)),
    "oscar": ("Oscar Orr", (Role.OBSERVER,)),
}


def make_team() -> Team:
    """A review under a frozen protocol with everybody in it; undo windows are 6 s, Bob's 15 s."""
    review = make_review()
    members = {"lena": lead(review).pk}
    for name, (full_name, roles) in ROLES.items():
        make_user(full_name, undo_seconds=15 if name == "bob" else 6)
        members[name] = make_member(review, full_name, *roles).pk
    return Team(review.pk, members)
