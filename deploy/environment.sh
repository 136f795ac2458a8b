#!/bin/sh
# Builds the environment from a lock file. One clear line for each thing that can be missing.
# usage: environment.sh PYTHON FOLDER LOCK_FILE
set -u
python=$1 venv=$2 lock=$3

fail() { echo "dalil: $1" >&2; exit 1; }

[ -n "$python" ] || fail "Python 3.11 or newer is needed: install it (Debian, Ubuntu: apt install python3 python3-venv)"
[ -w . ] || fail "this folder is read-only: copy the checkout to a place where you may write"
"$python" -c 'import venv, ensurepip' 2>/dev/null ||
  fail "Python's venv module is missing: install it (Debian, Ubuntu: apt install python3-venv)"
if [ ! -x "$venv/bin/python" ]; then
  echo "environment: new, in $venv" >&2
  "$python" -m venv "$venv" || fail "the environment could not be made in $venv"
fi
echo "environment: packages of $lock, a minute or so the first time …" >&2
"$venv/bin/python" -m pip install -qq --disable-pip-version-check --require-hashes -r "$lock" ||
  fail "the packages of $lock could not be installed: is there a network connection?"
"$venv/bin/python" -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e . ||
  fail "the project itself could not be installed"
