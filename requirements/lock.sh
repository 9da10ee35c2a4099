#!/bin/sh
# Make the lock files anew from pyproject.toml, naming no package index. run.txt and dev.txt hold the
# Django LTS on every Python; next.txt holds the newest Django on Python 3.13.
set -eu
cd "$(dirname "$0")/.."
compile() {
  .venv/bin/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url \
    --no-annotate --no-header "$@" pyproject.toml
}
lts="--python-version 3.11 --constraints requirements/lts.txt"
compile $lts --output-file requirements/run.txt
compile $lts --extra dev --constraints requirements/run.txt --output-file requirements/dev.txt
compile --python-version 3.13 --extra dev --output-file requirements/next.txt
