"""An instrument is taken into use: it becomes a form of the kind appraisal."""

from __future__ import annotations

from django.db import transaction

from extraction.appraisal.instruments import Instrument
from extraction.tables.actions import make_form
from extraction.tables.fields import written
from extraction.tables.models import EntryMode, Form, FormKind
from screening.reviews.models import Membership


@transaction.atomic
def take_instrument(*, member: Membership, instrument: Instrument, mode: str = EntryMode.DUAL) -> Form:
    """The instrument as a draft, to be read and published. Raises NotAllowedNow where the review has a form of its name."""
    return make_form(
        member=member,
        name=instrument.name,
        preset=instrument.key,
        content=written(instrument.spec),
        kind=FormKind.APPRAISAL,
        mode=mode,
    )
