"""Whole numbers that a database can look for: numbers and ids, as they stand in addresses and in what is sent."""

from __future__ import annotations

from typing import Annotated

from ninja import Path
from pydantic import Field

LARGEST = 2**31 - 1
Number = Annotated[int, Field(ge=1, le=LARGEST)]
RecordNumber = Annotated[int, Path(ge=1, le=LARGEST, description="The record's number in the review.")]
Id = Annotated[int, Path(ge=1, le=LARGEST)]
