"""Where a record of the review stands: the buckets that the numbers of a flow add up. Pure."""

from enum import StrEnum


class Bucket(StrEnum):
    """Where a record stands; each is in exactly one (I5). `ft_excluded` is further told apart by its reason."""

    DUPLICATE = "duplicate"
    REMOVED_AUTOMATION = "removed_automation"
    REMOVED_OTHER = "removed_other"
    TA_PENDING = "ta_pending"
    TA_EXCLUDED = "ta_excluded"
    RETRIEVAL_PENDING = "retrieval_pending"
    NOT_RETRIEVED = "not_retrieved"
    FT_PENDING = "ft_pending"
    FT_EXCLUDED = "ft_excluded"
    INCLUDED_UNLINKED = "included_unlinked"
    INCLUDED = "included"


REMOVED = frozenset({Bucket.DUPLICATE, Bucket.REMOVED_AUTOMATION, Bucket.REMOVED_OTHER})
SCREENED = frozenset(Bucket) - REMOVED
SOUGHT = SCREENED - {Bucket.TA_PENDING, Bucket.TA_EXCLUDED}
ASSESSED = SOUGHT - {Bucket.RETRIEVAL_PENDING, Bucket.NOT_RETRIEVED}
INCLUDED = frozenset({Bucket.INCLUDED, Bucket.INCLUDED_UNLINKED})
PENDING = frozenset({Bucket.TA_PENDING, Bucket.RETRIEVAL_PENDING, Bucket.FT_PENDING})
EXCLUDED = frozenset({Bucket.TA_EXCLUDED, Bucket.NOT_RETRIEVED, Bucket.FT_EXCLUDED})
EVERY = frozenset(Bucket)
