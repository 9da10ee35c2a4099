"""What there is stands in the pages, and what stands there is."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib import admin
from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand

from presence.words import WHY_NOT
from tests.api.test_document import operations, scopes_of
from tests.documentation.pages import ROOT, named, pages, table

FROM_PARTS = {"FORWARDED_ALLOW_IPS"}
"""Settings that uvicorn reads itself."""


def settings_read() -> dict[str, ast.Call]:
    """The variables that `env.something("NAME", ...)` reads, or a function of the settings' own."""
    tree = ast.walk(ast.parse((ROOT / "config/settings.py").read_text()))
    calls = [node for node in tree if isinstance(node, ast.Call) and node.args]
    read = [call for call in calls if isinstance(call.args[0], ast.Constant) and _reads(call.func)]
    named = {str(ast.literal_eval(call.args[0])): call for call in read}
    return {name: call for name, call in named.items() if re.fullmatch(r"[A-Z][A-Z0-9_]+", name)}


def _reads(func: ast.expr) -> bool:
    match func:
        case ast.Attribute(value=ast.Name(id="env")):
            return True
        case ast.Name(id=name):
            return name.startswith("_")
    return False


def ours() -> list[str]:
    packages = {config.name for config in apps.get_app_configs() if _is_ours(config.path)}
    return [name for name, app in get_commands().items() if app in packages]


def _is_ours(path: str) -> bool:
    return Path(path).parent == ROOT


def targets() -> list[str]:
    """What `make` can make; one of many names has NAME in it."""
    found = re.findall(r"^([a-z%-]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE)
    return [target.replace("%", "NAME") for target in found]


def test_every_setting_is_documented_and_no_other() -> None:
    documented = [name for row in table("docs/settings.md", "variable") for name in named(row[0])]
    assert len(documented) > 30
    assert sorted(documented) == sorted({*settings_read(), *FROM_PARTS})


def test_every_default_that_is_documented_is_the_setting_s() -> None:
    rows = {name: row[1] for row in table("docs/settings.md", "variable") for name in named(row[0])}
    checked = 0
    for name, call in settings_read().items():
        given = [word.value for word in call.keywords if word.arg == "default"] + call.args[1:]
        if given and isinstance(given[0], ast.Constant) and given[0].value != "":
            default = given[0].value
            text = str(default).lower() if isinstance(default, bool) else str(default)
            assert rows[name] == f"`{text}`", name
            checked += 1
    assert checked > 20


def test_every_command_of_ours_is_documented_and_no_other() -> None:
    documented = [named(row[0])[0].split()[0] for row in table("docs/commands.md", "command")]
    assert "serve" in documented
    assert sorted(documented) == sorted(ours())


@pytest.mark.parametrize("name", ours())
def test_every_command_s_options_are_documented(name: str) -> None:
    parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)
    common = set(BaseCommand().create_parser("manage.py", name)._option_string_actions)
    (row,) = (r for r in table("docs/commands.md", "command") if named(r[0])[0].split()[0] == name)
    for option in set(parser._option_string_actions) - common:
        assert any(option in cell for cell in row), option


def test_every_command_of_others_that_the_pages_tell_of_is_there() -> None:
    documented = [named(row[0])[0].split()[0] for row in table("docs/commands.md", "of others")]
    assert set(documented) <= set(get_commands()) - set(ours())


def test_every_target_of_make_is_documented_and_no_other() -> None:
    documented = [n for row in table("CONTRIBUTING.md", "make") for n in named(row[0])]
    assert sorted(documented) == sorted(f"make {target}" for target in {*targets()} - {"help"})


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_and_target_that_a_page_has_people_type_is_there(page: Path) -> None:
    text = page.read_text()
    assert set(re.findall(r"manage\.py ([a-z_]+)", text)) <= set(get_commands())
    typed = set(re.findall(r"(?:`|^)make ([a-z][\w-]*)", text, re.MULTILINE))
    benches = {f"bench-{path.stem}" for path in (ROOT / "bench").glob("*.py")}
    assert typed <= {*targets(), *benches}


def test_every_operation_of_the_api_is_documented_with_its_scopes_and_no_other() -> None:
    offered = {
        f"{method} {path.removeprefix('/api/v1')}": scopes_of(operation)
        for method, path, operation in operations()
    }
    rows = table("docs/api.md", "operation")
    documented = {named(row[0])[0]: set(row[1].split(" or ")) for row in rows}
    assert documented == offered


def test_agents_are_told_what_helps_against_every_cause() -> None:
    told = [cause for row in table("docs/agents.md", "it says") for cause in row[0].split(", ")]
    assert [str(cause) for cause in WHY_NOT.values() if cause not in told] == []


def test_everything_in_the_admin_is_in_its_guide() -> None:
    page = (ROOT / "docs/admin.md").read_text().lower()
    names = [str(model._meta.verbose_name_plural).lower() for model in admin.site._registry]
    assert len(names) > 25
    assert [name for name in names if name not in page] == []
