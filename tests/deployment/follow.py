"""Follow docs/deploy/one-machine.md word for word on a new machine, then use what it made, break it
and upgrade it by docs/deploy/upgrading.md.

    python -m tests.deployment.follow

Takes some minutes and the network, for packages. Exits with 1 where a command of a page fails, or
where what it made does not work.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.deployment.machine import CannotStart, Machine, Started, why_not
from tests.deployment.page import PAGES, ROOT, blocks

NAME = "rollcall.example.com"
ADMIN, PASSWORD = "ada", "correct horse battery"
_OFF = ("1. ", "2. ")  # sections that install, and so need the network
_ASKS = "rollcall createsuperuser\n"


def main() -> int:
    if reason := why_not():
        _say(f"docs/deploy/one-machine.md was not followed: {reason}.")
        return 1 if "CI" in os.environ else 0
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        release = here / "releases" / "rollcall"
        _git(here, "clone", "--quiet", "--no-hardlinks", str(ROOT), str(release))
        machine = Machine(here / "machine")
        page = list(blocks(PAGES / "one-machine.md"))
        for block in page:
            if block.section.startswith(_OFF):
                machine.install(_filled(block.commands), lent=release.parent)
        _git(release, "commit", "--quiet", "--allow-empty", "--message", "The next version")
        on = [block.commands for block in page if not block.section.startswith(_OFF)]
        try:
            with machine.started(here / "console", lent=release.parent) as started:
                _follow(started, on)
                _use(started, machine)
        except CannotStart as error:  # this kernel does not let a machine be started in it
            _say(f"docs/deploy/one-machine.md was followed up to section 2. {error}")
            return 0
    _say("docs/deploy/one-machine.md, word for word, makes an installation that works.")
    return 0


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")


def _git(folder: Path, *words: str) -> None:
    who = ["-c", "user.name=Rollcall", "-c", "user.email=rollcall@example.com"]
    subprocess.run(["git", *who, *words], cwd=folder, check=True)


def _filled(commands: str) -> str:
    """The commands, with what the page has everybody put in for themselves."""
    return commands.replace("REPOSITORY", "/mnt/rollcall")


def _follow(started: Started, page: list[str]) -> None:
    started.run(f"echo 127.0.0.1 localhost {NAME} > /etc/hosts")
    try:
        for commands in page:
            if commands == _ASKS:
                started.answer(commands, [ADMIN, "ada@example.com", PASSWORD, PASSWORD])
            else:
                started.run(_filled(commands))
    except subprocess.CalledProcessError:
        started.run("journalctl --no-pager --lines=80 --unit='rollcall-*'")
        raise


def _use(started: Started, machine: Machine) -> None:
    """Sign in and watch through TLS and nginx while parts die and are restarted."""
    shutil.copy(Path(__file__).with_name("visit.py"), machine.folder / "root" / "visit.py")
    visit = f"/opt/rollcall/.venv/bin/python /root/visit.py {NAME} {ADMIN} '{PASSWORD}'"
    started.run(f"{visit} --for 1")
    upgrade = next(blocks(PAGES / "upgrading.md")).commands
    meanwhile = f"{visit} --for 120 --until /root/done & visiting=$!"
    started.run(f"{meanwhile}\n{upgrade}touch /root/done\nwait $visiting")
    started.run(
        "systemctl kill --signal=KILL rollcall-web@8001 rollcall-clock\n"
        f"{visit} --for 3\n"
        "systemctl start rollcall-web@8001 rollcall-clock  # waits for what starts anyway\n"
        "rollcall doctor"
    )


if __name__ == "__main__":
    sys.exit(main())
