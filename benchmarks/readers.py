"""One reader of RIS alone in its process: what it makes of each file, its seconds, and the process's peak memory, as JSON.

    python -m benchmarks.readers ours|rispy FILE...

Started by benchmarks.imports, once for each reader, so that no reader pays for another's memory.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

MEGABYTE = 1024  # ru_maxrss counts kilobytes (Linux)


def main() -> None:
    """Read each file and print what came of it."""
    name, *files = sys.argv[1:]
    count = {"ours": ours, "rispy": rispy}[name]()
    found = [measured(count, Path(file)) for file in files]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE
    print(json.dumps({"files": found, "peak_mb": round(peak, 1)}))


def measured(count: Callable[[Path], int], path: Path) -> dict[str, Any]:
    """How many records a reader finds in a file, or what it raises instead."""
    started = time.perf_counter()
    records, raised = 0, ""
    try:
        records = count(path)
    except Exception as error:
        raised = repr(error)
    return {"file": path.name, "records": records, "raised": raised, "seconds": time.perf_counter() - started}


def ours() -> Callable[[Path], int]:
    """The site's reader as an import uses it: recognised, decoded, counted, read and normalised in a stream."""
    from screening.imports.parsed import ParsedRecord
    from screening.imports.reading import read

    def count(path: Path) -> int:
        return sum(isinstance(entry, ParsedRecord) for part in read(path, name=path.name) for entry in part.entries)

    return count


def rispy() -> Callable[[Path], int]:
    """rispy as its documentation opens a file, and with the byte order mark taken off: it hands over one list."""
    from rispy import load

    def count(path: Path) -> int:
        with path.open(encoding="utf-8-sig") as file:
            return len(load(file))

    return count


if __name__ == "__main__":
    main()
