"""Office files without the moment of their writing, so that equal contents give equal bytes. Pure."""

from __future__ import annotations

import re
import shutil
import zipfile
from typing import IO

_MOMENT = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)")
_PROPERTIES = "docProps/core.xml"
_FIXED = (1980, 1, 1, 0, 0, 0)  # the first day that a zip can tell


def dateless(written: IO[bytes], into: IO[bytes]) -> None:
    """Copy a .docx or .xlsx with one fixed date on its members and in its properties; no member is held in memory whole."""
    with zipfile.ZipFile(written) as given, zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as made:
        for name in given.namelist():
            member = zipfile.ZipInfo(name, _FIXED)
            member.compress_type = zipfile.ZIP_DEFLATED
            with given.open(name) as source, made.open(member, "w") as target:
                if name == _PROPERTIES:
                    target.write(_MOMENT.sub(rb"\g<1>1980-01-01T00:00:00Z\g<3>", source.read()))
                else:
                    shutil.copyfileobj(source, target)
