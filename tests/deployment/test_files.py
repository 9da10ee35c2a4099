"""What deploy/ and docs/deploy/ name is there, and is understood by what reads it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
import yaml
from django.core.management import get_commands

from tests.deployment.page import PAGES, ROOT, blocks
from tests.ports import answers, free_port
from tests.waiting import until

DEPLOY = ROOT / "deploy"
CONTAINERS = DEPLOY / "containers"
PAGE_NAMES = sorted(path.name for path in PAGES.glob("*.md"))
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
_COMMAND = re.compile(r"(?:^rollcall|manage\.py) ([a-z_]+)", re.M)


def _needs(program: str) -> str:
    """The program, or a skip; in CI it has to be there."""
    found = shutil.which(program) or shutil.which(program, path="/usr/sbin")
    if found is None:
        assert "CI" not in os.environ, f"{program} is not installed"
        pytest.skip(f"{program} is not installed")
    return found


def _said(*words: str | Path) -> str:
    """What a program that finds faults says; nothing when there are none."""
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr if done.returncode else done.stderr


def _typed(page: str) -> str:
    return "".join(block.commands for block in blocks(PAGES / page))


@pytest.mark.parametrize("page", PAGE_NAMES)
def test_every_command_of_a_page_is_one_of_ours(page: str) -> None:
    assert set(_COMMAND.findall(_typed(page))) <= set(get_commands())


@pytest.mark.parametrize("page", PAGE_NAMES)
def test_every_file_that_a_page_copies_is_there(page: str) -> None:
    for named in re.findall(r"/opt/rollcall/(deploy/\S+)", _typed(page)):
        assert list(ROOT.glob(named)), named


def test_the_page_asks_for_every_program_that_it_uses() -> None:
    """So that it can be followed on a machine that has nothing."""
    assert {"postgresql", "redis-server", "nginx", "curl", "openssl", "git", "make"} <= set(
        next(blocks(PAGES / "one-machine.md")).commands.split()
    )


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_every_unit_starts_a_command_with_options_that_it_knows(unit: Path) -> None:
    start = re.search(r"^ExecStart=.*python manage\.py ([^'\n]+)", unit.read_text(), re.M)
    assert start
    command, *options = start[1].replace("%i", "8001").split()
    usage = [sys.executable, "manage.py", command, *options, "--help"]
    known = subprocess.run(usage, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert all(option in known for option in options if option.startswith("--"))


def test_systemd_finds_no_fault_in_the_units() -> None:
    said = _said(_needs("systemd-analyze"), "verify", "--man=no", "--recursive-errors=no", *UNITS)
    ours = [line for line in said.splitlines() if "rollcall" in line]
    assert [line for line in ours if "is not executable" not in line] == []  # /opt comes later


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_no_unit_may_do_more_than_it_needs(unit: Path) -> None:
    found = [_needs("systemd-analyze"), "security", "--offline=true", "--threshold=50", unit.name]
    where = os.environ | {"SYSTEMD_UNIT_PATH": str(DEPLOY / "systemd")}
    subprocess.run(found, env=where, check=True, capture_output=True)


@pytest.mark.parametrize("upstream", ["nginx/rollcall-upstream.conf", "containers/upstream.conf"])
def test_nginx_takes_its_configuration(upstream: str, tmp_path: Path) -> None:
    openssl = [_needs("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=a"]
    files = ["-out", str(tmp_path / "certificate.pem"), "-keyout", str(tmp_path / "key.pem")]
    subprocess.run([*openssl, *files], check=True, capture_output=True)
    here = (DEPLOY / "nginx/rollcall.conf").read_text()
    here = here.replace("/etc/rollcall/tls", str(tmp_path)).replace("/var/log/nginx", str(tmp_path))
    there = re.sub(r"web\d:", "127.0.0.1:", (DEPLOY / upstream).read_text())
    (tmp_path / "site.conf").write_text(here + there)
    main = f"pid {tmp_path}/pid; error_log stderr; events {{}} http {{ include site.conf; }}"
    (tmp_path / "nginx.conf").write_text(main)
    nginx = [_needs("nginx"), "-t", "-q", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")]
    assert _said(*nginx) == ""


def test_strangers_ask_no_process_how_it_is_and_no_log_has_what_lets_in(tmp_path: Path) -> None:
    plain, port, log = free_port(), free_port(), tmp_path / "access.log"
    here = (DEPLOY / "nginx/rollcall.conf").read_text().replace("/var/log/nginx", str(tmp_path))
    here = re.sub(r"^ *(listen \[|ssl_).*\n", "", here, flags=re.M)
    here = here.replace("listen 80 ", f"listen 127.0.0.1:{plain} ")
    here = here.replace("listen 443 ssl http2 ", f"listen 127.0.0.1:{port} ")
    there = f"upstream rollcall {{ server 127.0.0.1:{free_port()}; }}"
    main = f"pid {tmp_path}/pid; error_log stderr; daemon off; master_process off; events {{}} "
    main += f"http {{ access_log {log}; {here} {there} }}"
    (tmp_path / "nginx.conf").write_text(main)
    nginx = [_needs("nginx"), "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")]
    with subprocess.Popen(nginx, stderr=subprocess.DEVNULL) as running:
        try:
            until(lambda: answers(port))
            for path in ("/metrics", "/healthz", "/readyz", "/%72eadyz", "//readyz"):
                assert httpx.get(f"http://127.0.0.1:{port}{path}").status_code == 404
            for path in ("/wall/secret/", "//wall/secret/", "/ws/?ticket=secret", "/login/"):
                assert httpx.get(f"http://127.0.0.1:{port}{path}").status_code == 502
                assert httpx.get(f"http://127.0.0.1:{plain}{path}").status_code == 301
        finally:
            running.terminate()
    told = log.read_text()
    assert told.count("/login/") == 2
    assert "secret" not in told


def test_hadolint_finds_no_fault_in_the_dockerfile() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    assert _said(hadolint, CONTAINERS / "Dockerfile") == ""


def test_the_compose_file_is_one() -> None:
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    assert _said(*check, CONTAINERS / "compose.yaml") == ""


def test_every_container_of_ours_runs_a_command_that_there_is() -> None:
    services = yaml.safe_load((CONTAINERS / "compose.yaml").read_text())["services"]
    ours = [service for service in services.values() if service["image"] == "rollcall"]
    assert len(ours) == 5
    assert {service.get("command", "serve") for service in ours} <= set(get_commands())


def test_the_image_has_every_package_and_no_secret() -> None:
    packages = re.search(r"^PACKAGES := (.+)$", (ROOT / "Makefile").read_text(), re.M)
    assert packages
    kept = (CONTAINERS / "Dockerfile.dockerignore").read_text().split()
    for needed in (*packages[1].split(), "locale", "static", "templates", "manage.py"):
        assert f"!{needed}" in kept
    assert kept[kept.index("**")] == "**"
    assert not {"!var", "!.git", "!deploy"} & set(kept)


def test_every_setting_of_the_examples_is_one() -> None:
    documented = (ROOT / "docs/settings.md").read_text()
    lines = (DEPLOY / "rollcall.env").read_text().splitlines()
    named = [line.partition("=")[0] for line in lines if not line.startswith("#")]
    named += yaml.safe_load((CONTAINERS / "compose.yaml").read_text())["x-rollcall"]["environment"]
    for name in named:
        assert f"`{name.removesuffix('_FILE')}`" in documented, name
