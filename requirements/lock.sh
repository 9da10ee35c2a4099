#!/bin/sh
# Make the lock files anew from pyproject.toml. They hold the Django LTS on every Python, and name
# no package index.
set -eu
cd "$(dirname "$0")/.."
compile() {
  .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-annotate --no-header --constraints requirements/lts.txt \
    "$@" pyproject.toml
}
compile --output-file requirements/run.txt
compile --extra dev --constraints requirements/run.txt --output-file requirements/dev.txt
