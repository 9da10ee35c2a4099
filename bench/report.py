"""Makes docs/performance.md and docs/scaling.md of what the benchmarks measured last:
bench/results/*.json, in the templates beside them, which have the reasons.

    python -m bench.report

What no template speaks of follows at the end of the first, each as a plain table.
"""

import json
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined, meta

from bench import results

DOCS = Path(__file__).resolve().parent.parent / "docs"
PERFORMANCE, SCALING = DOCS / "performance.md", DOCS / "scaling.md"


def main() -> None:
    for page, text in pages(found()).items():
        page.write_text(text)


def found() -> dict[str, Any]:
    """What each benchmark measured last, by its name."""
    return {file.stem: json.loads(file.read_text()) for file in results.FOLDER.glob("*.json")}


def pages(measured: dict[str, Any]) -> dict[Path, str]:
    """The text of each page. Raises `jinja2.UndefinedError` for what a template speaks of and
    nobody measured."""
    by = Environment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )  # nosec B701 - it makes Markdown, of our own figures
    by.filters |= {"n": number, "pct": share}
    made, others = dict[Path, str](), set(measured)
    for page in (PERFORMANCE, SCALING):
        text = page.with_name(f"{page.name}.jinja").read_text()
        others -= meta.find_undeclared_variables(by.parse(text))
        made[page] = by.from_string(text).render(measured)
    made[PERFORMANCE] += "".join(f"\n{section(name, measured[name])}" for name in sorted(others))
    return made


def number(value: float, digits: int = 0) -> str:
    return f"{value:,.{digits}f}"


def share(value: float, digits: int = 0) -> str:
    return f"{value:.{digits}%}"


def section(name: str, data: Any) -> str:
    """A benchmark that the template does not know: its command and its figures."""
    about = f"`make bench-{name}`.\n\n" if find_spec(f"bench.{name}") else ""
    return f"## {name.replace('_', ' ').capitalize()}\n\n{about}" + "\n".join(
        table(list(rows(data)))
    )


def rows(data: Any, *names: str) -> Iterator[dict[str, Any]]:
    """Each innermost group of figures is a row, and where it stood is its name."""
    if isinstance(data, list):
        for each in data:
            yield from rows(each, *names)
        return
    inner = {key: value for key, value in data.items() if isinstance(value, dict | list)}
    if own := {key: value for key, value in data.items() if key not in inner}:
        yield ({"of": " ".join(names)} if names else {}) | own
    for key, value in inner.items():
        yield from rows(value if _has_names(value) else {"value": str(value)}, *names, key)


def _has_names(value: Any) -> bool:
    return isinstance(value, dict) or all(isinstance(each, dict) for each in value)


def table(lines: list[dict[str, Any]]) -> Iterator[str]:
    columns = list(dict.fromkeys(name for line in lines for name in line))
    yield f"| {' | '.join(columns)} |"
    yield f"|{' --: |' * len(columns)}"
    for line in lines:
        yield f"| {' | '.join(_cell(line.get(name, '')) for name in columns)} |"
    yield ""


def _cell(value: object) -> str:
    if isinstance(value, float):
        return number(value, 2 if abs(value) < 10 else 0)
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


if __name__ == "__main__":
    main()
