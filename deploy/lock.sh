#!/bin/sh
# Makes the lock files anew from pyproject.toml, keeping what is pinned where it still fits. Needs uv.
set -eu
compile="uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --quiet"
$compile --output-file requirements/runtime.txt
$compile --extra test --constraint requirements/runtime.txt --output-file requirements/test.txt
sed -i '/^--/d' requirements/*.txt
