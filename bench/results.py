"""What the benchmarks measured, in files that `docs/performance.md` is made from."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent / "results"


def save(name: str, data: Any) -> None:
    """Keep `data`, which JSON can hold, as what the benchmark `name` measured last."""
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.json").write_text(json.dumps(data, indent=2) + "\n")
