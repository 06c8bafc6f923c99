import django.db.models.deletion
import django.utils.timezone
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("extraction", "0001_initial"),
        ("extraction", "0002_codebook_texts_and_codings"),
        ("extraction", "0003_claims"),
        ("extraction", "0004_a_replaced_extractor_keeps_what_they_did"),
        ("extraction", "0005_a_name_once_below_each_code"),
        ("extraction", "0006_the_version_that_an_entry_answers"),
        ("extraction", "0007_a_coding_is_reopened_and_a_decision_undone"),
    ]

    initial = True

    dependencies = [
        ("screening", "0021_rejected_rows_are_seen_to"),
    ]

    operations = [
        migrations.CreateModel(
            name="Codebook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("codebook", "Codebook: two people code each study, independently"),
                            ("reflexive", "Reflexive: codings and memos count at once, without agreement"),
                            ("lines", "Thematic synthesis: line by line, then descriptive, then analytical themes"),
                        ],
                        default="codebook",
                        max_length=9,
                    ),
                ),
                ("preset", models.CharField(blank=True, max_length=60)),
                ("levels", models.JSONField(blank=True, default=list)),
                ("threshold", models.PositiveSmallIntegerField(default=50)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "review",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="codebook", to="screening.review"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="codebook_has_name"),
                    models.CheckConstraint(
                        condition=models.Q(("threshold__gte", 1), ("threshold__lte", 100)),
                        name="codebook_threshold_is_a_share",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Code",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("guid", models.UUIDField(default=uuid.uuid4)),
                ("name", models.CharField(max_length=200)),
                ("definition", models.TextField(blank=True)),
                ("include_when", models.TextField(blank=True)),
                ("exclude_when", models.TextField(blank=True)),
                ("example", models.TextField(blank=True)),
                ("level", models.CharField(blank=True, max_length=80)),
                (
                    "direction",
                    models.CharField(
                        blank=True, choices=[("facilitator", "Facilitator"), ("barrier", "Barrier")], max_length=11
                    ),
                ),
                ("colour", models.CharField(blank=True, max_length=7)),
                ("position", models.PositiveIntegerField(default=0)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("active", "In use"),
                            ("merged", "Merged"),
                            ("split", "Split"),
                            ("retired", "Retired"),
                        ],
                        default="active",
                        max_length=7,
                    ),
                ),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="taken_in",
                        to="extraction.code",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="extraction.code",
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="codes", to="screening.review"
                    ),
                ),
                (
                    "codebook",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="codes", to="extraction.codebook"
                    ),
                ),
            ],
            options={
                "ordering": ("position", "id"),
                "constraints": [
                    models.UniqueConstraint(fields=("codebook", "guid"), name="code_guid_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("parent__isnull", True), ("status__in", ("active", "split"))),
                        fields=("codebook", "name", "level", "direction"),
                        name="code_name_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("parent__isnull", False), ("status__in", ("active", "split"))),
                        fields=("codebook", "parent", "name", "level", "direction"),
                        name="code_name_once_below",
                    ),
                    models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="code_has_name"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("parent__isnull", True),
                            models.Q(("parent", models.F("id")), _negated=True),
                            _connector="OR",
                        ),
                        name="code_not_its_own_parent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("merged_into__isnull", False), ("status", "merged")),
                            models.Q(models.Q(("status", "merged"), _negated=True), ("merged_into__isnull", True)),
                            _connector="OR",
                        ),
                        name="code_merged_into_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CodebookVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("content", models.JSONField(default=list)),
                ("reason", models.TextField()),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "codebook",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="versions", to="extraction.codebook"
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="screening.membership"
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="codebook_versions",
                        to="screening.review",
                    ),
                ),
            ],
            options={
                "ordering": ("codebook", "number"),
                "constraints": [
                    models.UniqueConstraint(fields=("codebook", "number"), name="codebook_version_once"),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="codebook_version_has_reason"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CodeChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "act",
                    models.CharField(
                        choices=[("merge", "Merged"), ("split", "Split"), ("rename", "Renamed"), ("retire", "Retired")],
                        max_length=6,
                    ),
                ),
                ("reason", models.TextField()),
                ("before", models.JSONField(default=dict)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                (
                    "code",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="changes", to="extraction.code"
                    ),
                ),
                (
                    "into",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="extraction.code",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="screening.membership"
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="code_changes", to="screening.review"
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="screening.membership",
                    ),
                ),
            ],
            options={
                "ordering": ("-made_at", "-id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="code_change_has_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("undone_at__isnull", True), ("undone_by__isnull", True)),
                            models.Q(("undone_at__isnull", False), ("undone_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="code_change_undone_by_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CodedStudy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revealed_at", models.DateTimeField(blank=True, null=True)),
                ("first_revealed_at", models.DateTimeField(blank=True, null=True)),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="coded_studies", to="screening.review"
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="screening.membership",
                    ),
                ),
                (
                    "study",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="coding", to="screening.study"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "coded studies",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("settled_at__isnull", True), ("revealed_at__isnull", False), _connector="OR"
                        ),
                        name="coded_study_settled_when_revealed",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CodingTurn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slot", models.PositiveSmallIntegerField()),
                ("begun_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("submitted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "coder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="coding_turns",
                        to="screening.membership",
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="coding_turns", to="screening.review"
                    ),
                ),
                (
                    "study",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="coding_turns", to="screening.study"
                    ),
                ),
            ],
            options={
                "ordering": ("study", "slot"),
                "constraints": [
                    models.UniqueConstraint(fields=("study", "slot"), name="coding_turn_slot_once"),
                    models.UniqueConstraint(fields=("study", "coder"), name="coding_turn_once_a_person"),
                    models.CheckConstraint(condition=models.Q(("slot__gte", 1)), name="coding_turn_from_one"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Form",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("table", "Extraction"), ("appraisal", "Appraisal")], default="table", max_length=9
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("dual", "Two people, independently"),
                            ("verify", "One person, checked by a second"),
                            ("single", "One person"),
                        ],
                        default="dual",
                        max_length=6,
                    ),
                ),
                ("preset", models.CharField(blank=True, max_length=60)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="extraction_forms",
                        to="screening.review",
                    ),
                ),
            ],
            options={
                "ordering": ("made_at", "id"),
                "constraints": [
                    models.UniqueConstraint(fields=("review", "name"), name="form_name_once"),
                    models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="form_has_name"),
                ],
            },
        ),
        migrations.CreateModel(
            name="FormVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("content", models.JSONField(default=dict)),
                ("reason", models.TextField(blank=True)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                (
                    "form",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="versions", to="extraction.form"
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="screening.membership",
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="extraction_form_versions",
                        to="screening.review",
                    ),
                ),
            ],
            options={
                "ordering": ("form", "number"),
                "constraints": [
                    models.UniqueConstraint(fields=("form", "number"), name="form_version_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("published_at__isnull", True)), fields=("form",), name="form_one_draft"
                    ),
                    models.CheckConstraint(condition=models.Q(("number__gte", 1)), name="form_version_from_one"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("published_at__isnull", True),
                            ("number", 1),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="form_later_version_has_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Extraction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("dual", "Two people, independently"),
                            ("verify", "One person, checked by a second"),
                            ("single", "One person"),
                        ],
                        max_length=6,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Being filled in"),
                            ("differ", "Values differ"),
                            ("agreed", "All values agree"),
                            ("locked", "Locked"),
                        ],
                        default="open",
                        max_length=6,
                    ),
                ),
                ("round", models.PositiveSmallIntegerField(default=1)),
                ("is_pilot", models.BooleanField(default=False)),
                ("revisit", models.BooleanField(default=False)),
                ("revealed_at", models.DateTimeField(blank=True, null=True)),
                ("locked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "locked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="screening.membership",
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="extractions", to="screening.review"
                    ),
                ),
                (
                    "study",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="extractions", to="screening.study"
                    ),
                ),
                (
                    "form",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="extractions", to="extraction.form"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="extractions",
                        to="extraction.formversion",
                    ),
                ),
            ],
            options={
                "ordering": ("study", "form"),
                "indexes": [models.Index(fields=["review", "form", "state"], name="extraction_state")],
                "constraints": [
                    models.UniqueConstraint(fields=("study", "form"), name="extraction_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("revealed_at__isnull", True), ("state", "open")),
                            models.Q(models.Q(("state", "open"), _negated=True), ("revealed_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="extraction_revealed_when_complete",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("locked_at__isnull", False), ("locked_by__isnull", False), ("state", "locked")),
                            models.Q(
                                models.Q(("state", "locked"), _negated=True),
                                ("locked_at__isnull", True),
                                ("locked_by__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="extraction_locked_by_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[("extractor", "Extractor"), ("verifier", "Verifier")],
                        default="extractor",
                        max_length=9,
                    ),
                ),
                ("round", models.PositiveSmallIntegerField(default=1)),
                ("slot", models.PositiveSmallIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("assigned", "Not begun"), ("draft", "Begun"), ("submitted", "Submitted")],
                        default="assigned",
                        max_length=9,
                    ),
                ),
                ("saves", models.PositiveIntegerField(default=0)),
                ("assigned_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("submitted_at", models.DateTimeField(blank=True, null=True)),
                ("left_at", models.DateTimeField(blank=True, null=True)),
                (
                    "extractor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="screening.membership"
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="screening.review"
                    ),
                ),
                (
                    "extraction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="extraction.extraction"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="extraction.formversion",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "entries",
                "ordering": ("extraction", "round", "slot"),
                "indexes": [models.Index(fields=["extractor", "state"], name="entry_of_person")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("left_at__isnull", True)),
                        fields=("extraction", "round", "slot"),
                        name="entry_slot_once",
                    ),
                    models.UniqueConstraint(fields=("extraction", "round", "extractor"), name="entry_once_a_person"),
                    models.CheckConstraint(condition=models.Q(("slot__in", (1, 2))), name="entry_two_at_most"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "submitted"), ("submitted_at__isnull", False)),
                            models.Q(models.Q(("state", "submitted"), _negated=True), ("submitted_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="entry_submitted_has_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Anchor",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("field", models.CharField(max_length=60)),
                ("sha256", models.CharField(max_length=64)),
                ("page", models.PositiveIntegerField()),
                ("quote", models.TextField()),
                ("before", models.CharField(blank=True, max_length=64)),
                ("after", models.CharField(blank=True, max_length=64)),
                ("found", models.BooleanField(default=True)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="anchors", to="screening.review"
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="anchors", to="extraction.entry"
                    ),
                ),
            ],
            options={
                "ordering": ("entry", "field", "made_at"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("quote", ""), _negated=True), ("page__gte", 1)),
                        name="anchor_has_quote_and_page",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EntryValue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("field", models.CharField(max_length=60)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("reported", "Reported"),
                            ("not_reported", "Not reported"),
                            ("unclear", "Unclear"),
                            ("not_applicable", "Not applicable"),
                            ("assumed", "Assumed"),
                        ],
                        default="reported",
                        max_length=14,
                    ),
                ),
                ("value", models.JSONField(blank=True, null=True)),
                ("note", models.TextField(blank=True)),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="values", to="extraction.entry"
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="entry_values", to="screening.review"
                    ),
                ),
            ],
            options={
                "ordering": ("entry", "id"),
                "constraints": [
                    models.UniqueConstraint(fields=("entry", "field"), name="entry_value_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "assumed"), _negated=True),
                            models.Q(("note", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="entry_value_assumed_has_note",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SourceText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("results", "Results"),
                            ("interpretation", "Authors' interpretation"),
                            ("quote", "Direct quotes"),
                            ("transcript", "Transcript"),
                        ],
                        default="results",
                        max_length=14,
                    ),
                ),
                ("label", models.CharField(max_length=120)),
                ("text", models.TextField()),
                ("sha256", models.CharField(max_length=64)),
                ("page", models.PositiveIntegerField(blank=True, null=True)),
                ("page_starts", models.JSONField(blank=True, default=list)),
                ("added_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("set_aside_at", models.DateTimeField(blank=True, null=True)),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="screening.membership"
                    ),
                ),
                (
                    "record",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="screening.record",
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="source_texts", to="screening.review"
                    ),
                ),
                (
                    "study",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="source_texts", to="screening.study"
                    ),
                ),
            ],
            options={
                "ordering": ("study", "id"),
                "constraints": [
                    models.UniqueConstraint(fields=("study", "label", "sha256"), name="source_text_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("text", ""), _negated=True), models.Q(("label", ""), _negated=True)
                        ),
                        name="source_text_says_something",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Segment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("start", models.PositiveIntegerField()),
                ("end", models.PositiveIntegerField()),
                ("quote", models.TextField()),
                ("page", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="segments", to="screening.review"
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="segments", to="extraction.sourcetext"
                    ),
                ),
            ],
            options={
                "ordering": ("source", "start", "end"),
                "constraints": [
                    models.UniqueConstraint(fields=("source", "start", "end"), name="segment_once"),
                    models.CheckConstraint(
                        condition=models.Q(("end__gt", models.F("start"))), name="segment_is_not_empty"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CodingSettlement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("stands", models.BooleanField(default=True)),
                (
                    "how",
                    models.CharField(
                        choices=[
                            ("equal", "Both coded the same"),
                            ("first", "As the first coder has it"),
                            ("second", "As the second coder has it"),
                            ("both", "All of both"),
                            ("edit", "Edited"),
                        ],
                        max_length=6,
                    ),
                ),
                ("act", models.UUIDField(blank=True, null=True)),
                ("reason", models.TextField(blank=True)),
                ("decided_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "code",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="settlements", to="extraction.code"
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="screening.membership",
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="coding_settlements",
                        to="screening.review",
                    ),
                ),
                (
                    "segment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="settlements", to="extraction.segment"
                    ),
                ),
            ],
            options={
                "ordering": ("segment", "code"),
                "constraints": [
                    models.UniqueConstraint(fields=("segment", "code"), name="coding_settlement_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("how", "edit"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="coding_settlement_edit_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("how", "equal"), ("decided_by__isnull", False), _connector="OR"),
                        name="coding_settlement_decided_by_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CodingMemo",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField()),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="coding_memos",
                        to="screening.membership",
                    ),
                ),
                (
                    "code",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memos",
                        to="extraction.code",
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="coding_memos", to="screening.review"
                    ),
                ),
                (
                    "study",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="coding_memos",
                        to="screening.study",
                    ),
                ),
                (
                    "segment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memos",
                        to="extraction.segment",
                    ),
                ),
            ],
            options={
                "ordering": ("made_at", "id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("code__isnull", True), ("study__isnull", False)),
                            models.Q(("code__isnull", False), ("segment__isnull", True), ("study__isnull", True)),
                            _connector="OR",
                        ),
                        name="coding_memo_about_one_thing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="coding_memo_says_something"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Coding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "code",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="codings", to="extraction.code"
                    ),
                ),
                (
                    "coder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="codings", to="screening.membership"
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="codings", to="screening.review"
                    ),
                ),
                (
                    "segment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="codings", to="extraction.segment"
                    ),
                ),
            ],
            options={
                "ordering": ("segment", "code", "coder"),
                "constraints": [models.UniqueConstraint(fields=("segment", "code", "coder"), name="coding_once")],
            },
        ),
        migrations.CreateModel(
            name="Settlement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("round", models.PositiveSmallIntegerField(default=1)),
                ("field", models.CharField(max_length=60)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("reported", "Reported"),
                            ("not_reported", "Not reported"),
                            ("unclear", "Unclear"),
                            ("not_applicable", "Not applicable"),
                            ("assumed", "Assumed"),
                        ],
                        default="reported",
                        max_length=14,
                    ),
                ),
                ("value", models.JSONField(blank=True, null=True)),
                ("note", models.TextField(blank=True)),
                (
                    "chosen",
                    models.CharField(
                        choices=[
                            ("equal", "Both entered the same"),
                            ("first", "The first entry"),
                            ("second", "The second entry"),
                            ("new", "A new value"),
                            ("only", "The only entry"),
                        ],
                        max_length=6,
                    ),
                ),
                ("reason", models.TextField(blank=True)),
                ("decided_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="screening.membership",
                    ),
                ),
                (
                    "extraction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="settlements",
                        to="extraction.extraction",
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="settlements", to="screening.review"
                    ),
                ),
            ],
            options={
                "ordering": ("extraction", "round", "id"),
                "constraints": [
                    models.UniqueConstraint(fields=("extraction", "round", "field"), name="settlement_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("chosen", "new"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="settlement_new_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("chosen__in", ("equal", "only")), ("decided_by__isnull", False), _connector="OR"
                        ),
                        name="settlement_decided_by_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Claim",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField()),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="screening.membership"
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="claims", to="screening.review"
                    ),
                ),
            ],
            options={
                "ordering": ("made_at", "id"),
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("text", ""), _negated=True), name="claim_has_text")
                ],
            },
        ),
    ]
