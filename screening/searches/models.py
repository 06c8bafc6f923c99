"""Search runs and the sources that were asked."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from screening.reviews.models import Review


class RunKind(models.TextChoices):
    SEARCH = "search", "Search"
    UPDATE = "update", "Updated search"


class SearchRun(models.Model):
    """One phase of searching, such as "Search 1, August 2022". ``number`` is its order; records are charged to their run (R8)."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="search_runs")
    number = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=100)
    kind = models.CharField(max_length=6, choices=RunKind.choices, default=RunKind.SEARCH)
    date_from = models.DateField("published from", null=True, blank=True)
    date_to = models.DateField("published to", null=True, blank=True)
    protocol = models.ForeignKey(
        "screening.ProtocolVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=("review", "number"), name="run_number_once"),
            models.UniqueConstraint(fields=("review", "label"), name="run_label_once"),
        )

    def __str__(self) -> str:
        return self.label


class SourceKind(models.TextChoices):
    DATABASE = "database", "Database"
    REGISTER = "register", "Register"
    WEBSITE = "website", "Website"
    ORGANISATION = "organisation", "Organisation"
    CITATION = "citation", "Citation searching"


DATABASES_AND_REGISTERS = (SourceKind.DATABASE, SourceKind.REGISTER)


class Source(models.Model):
    """Where hits come from. The kind fixes the PRISMA column (domain.md 5.1)."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="sources")
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=12, choices=SourceKind.choices)
    platform = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ("name",)
        constraints = (models.UniqueConstraint(fields=("review", "name", "kind", "platform"), name="source_once"),)

    def __str__(self) -> str:
        return self.name

    @property
    def column(self) -> str:
        """``dbr`` for databases and registers, ``other`` for other methods."""
        return "dbr" if self.kind in DATABASES_AND_REGISTERS else "other"
