"""Writing letters and sending them: a row first, then the post. Jobs do both, so that no page waits for a mail server."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from reviewapp.accounts.models import User
from reviewapp.logs import logger
from screening.jobs.actions import Claim, enqueue
from screening.jobs.models import Job
from screening.letters import wording
from screening.letters.models import Letter, LetterKind
from screening.letters.queue import LOCAL, address, called_at_once, readers, to_send, waiting_for
from screening.reviews.models import Letters, Membership

DIGEST_JOB, MENTIONS_JOB, POST_JOB = "letters.digest", "letters.mentions", "letters.post"
FROM_HOUR = 6  # of the site's time zone
log = logger("screening.letters")


@transaction.atomic
def choose_letters(*, member: Membership, letters: Letters) -> Membership:
    """When the site may write to this member about this review."""
    member.letters = letters.value
    member.save(update_fields=["letters"])
    return member


def ask_for_digest() -> None:
    """Ask for the letters of the day, once it is six in the morning; one job a day, whatever became of it."""
    now = timezone.localtime()
    day = now.date().isoformat()
    if now.hour >= FROM_HOUR and not Job.objects.filter(name=DIGEST_JOB, subject=day).exists():
        enqueue(name=DIGEST_JOB, review_id=None, subject=day)


def write_digests(claim: Claim) -> None:
    """Job ``letters.digest``: a letter for everybody for whom something waits. Run twice it writes none twice."""
    today = timezone.localdate()
    people = readers()
    written = 0
    for done, user in enumerate(people, start=1):
        found = waiting_for(user)
        if not found:
            continue
        body = wording.digest(str(user), found, _settings_of(user))
        with claim.chunk(done_n=done, total_n=len(people), phase="Writing letters"):
            _, made = Letter.objects.get_or_create(
                user=user, day=today, kind=LetterKind.DIGEST, defaults={"subject": wording.DIGEST, "body": body}
            )
        written += made
    _finish(claim, written)


def write_mentions(claim: Claim) -> None:
    """Job ``letters.mentions``: a letter for each who was called and wants to know at once."""
    review_id = claim.job.review_id
    assert review_id is not None  # noqa: S101  the job is always asked for a review
    written = 0
    for mention_id, member in called_at_once(review_id):
        review = member.review
        links = address("conflicts", review), address("my_letters", review)
        body = wording.mention(str(member.user), review.title, *links)
        with claim.chunk(phase="Writing letters"):
            _, made = Letter.objects.get_or_create(
                mention_id=mention_id, kind=LetterKind.MENTION,
                defaults={"user": member.user, "day": timezone.localdate(), "subject": wording.MENTION, "body": body},
            )  # fmt: skip
        written += made
    _finish(claim, written)


def _finish(claim: Claim, written: int) -> None:
    with claim.chunk():
        if written:
            enqueue(name=POST_JOB, review_id=None)
        claim.finish(result={"written": written})


def _settings_of(user: User) -> str:
    """Where a person changes what is sent; of several reviews the first, whose page names the others."""
    member = (
        Membership.objects.filter(user=user, active_to__isnull=True).select_related("review").order_by("review_id")[0]
    )
    return address("my_letters", member.review)


def ask_to_post() -> None:
    """Ask for what is left over from a time when the mail server was away."""
    if to_send().exists():
        enqueue(name=POST_JOB, review_id=None)


def post_letters(claim: Claim) -> None:
    """Job ``letters.post``: every letter that waits, each marked as tried before and as sent after.

    A retry sends what is not marked. Only a kill between the two can send a letter again, and then under the same Message-ID
    (reliability.md 2.6).
    """
    sent = 0
    for letter in to_send().select_related("user"):
        with claim.chunk(phase="Sending letters"):
            mine = _try(letter)
        if mine and _post(letter):
            Letter.objects.filter(pk=letter.pk).update(sent_at=timezone.now())
            sent += 1
    with claim.chunk():
        claim.finish(result={"sent": sent})


def _try(letter: Letter) -> bool:
    """Mark one more try; False where another worker did so first."""
    untouched = Letter.objects.filter(pk=letter.pk, tries=letter.tries, sent_at__isnull=True)
    return bool(untouched.update(tries=F("tries") + 1, tried_at=timezone.now()))


def _post(letter: Letter) -> bool:
    """Hand one letter to the mail server. False where it would not take it; it is tried again later."""
    host = urlsplit(settings.BASE_URL or LOCAL).hostname
    headers = {"Message-ID": f"<{letter.message_id}@{host}>", "Auto-Submitted": "auto-generated"}
    try:
        EmailMessage(letter.subject, letter.body, to=[letter.user.email], headers=headers).send()
    except OSError as error:  # every error of smtplib is one
        log.warning("letter not sent", letter=letter.pk, error=type(error).__name__)
        return False
    return True
