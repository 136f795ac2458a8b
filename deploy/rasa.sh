#!/bin/sh
# Rasa in an environment of its own: builds it, trains, serves. One clear line for each thing that can be missing.
# usage: rasa.sh [find | build | train | serve | all]     (all: what `make nlu-rasa` does)
# RASA_HOME var/rasa · RASA_ENV $RASA_HOME/env · RASA_CONFIG nlu/rasa/config.yml · RASA_DATA nlu/data · RASA_HOST 127.0.0.1 · RASA_PORT 5005
set -u
cd "$(dirname "$0")/.." || exit 1
home=${RASA_HOME:-var/rasa}
lock=requirements/rasa.txt
env=${RASA_ENV:-$home/env}
# The cache goes by the text of a component alone, and would miss a change in what it imports.
export RASA_MAX_CACHE_SIZE=0 RASA_TELEMETRY_ENABLED=false SQLALCHEMY_SILENCE_UBER_WARNING=1 TF_CPP_MIN_LOG_LEVEL=3 PYTHONWARNINGS=ignore
PYTHONPATH=$(pwd)
export PYTHONPATH

fail() { echo "dalil: $1" >&2; exit 1; }
step() { echo "rasa: $1" >&2; }

is_310() { "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, 10))' 2>/dev/null; }

find_python() { # prints a Python 3.10 that can make environments
  for one in ${RASA_PYTHON:-} python3.10 "$HOME"/.pyenv/versions/3.10.*/bin/python3.10 /opt/python/3.10*/bin/python3.10; do
    is_310 "$one" && { echo "$one"; return; }
  done
  return 1
}

build() {
  [ -f "$env/.built" ] && cmp -s "$lock" "$env/.built" && return
  python=$(find_python) || fail "Python 3.10 with venv is needed for Rasa 3.6 (it runs on no newer one): install it, or set RASA_PYTHON"
  mkdir -p "$home" || fail "$home cannot be written: set RASA_HOME to a folder where you may write"
  [ "$(df -Pk "$home" | awk 'NR == 2 {print $4}')" -gt 4000000 ] || fail "Rasa takes 3 GB: $home has less than 4 GB free"
  rm -rf "$env"
  step "environment, some minutes and 3 GB the first time …"
  "$python" -m venv "$env" || fail "the environment could not be made in $env"
  "$env/bin/python" -m pip install -qq --disable-pip-version-check --require-hashes -r "$lock" ||
    fail "the packages of $lock could not be installed: is there a network connection?"
  cp "$lock" "$env/.built"
}

train() {
  [ -x "$env/bin/rasa" ] || fail "there is no Rasa in $env: run deploy/rasa.sh build"
  [ -f "${RASA_CONFIG:-nlu/rasa/config.yml}" ] || fail "${RASA_CONFIG:-} is no file: set RASA_CONFIG to a pipeline of nlu/rasa"
  "$env/bin/python" -m nlu.rasa.prepare "$home/data" --data "${RASA_DATA:-nlu/data}" || fail "the training data could not be read"
  step "training, two or three minutes …"
  "$env/bin/rasa" train nlu --config "${RASA_CONFIG:-nlu/rasa/config.yml}" --nlu "$home/data/nlu.yml" \
    --domain "$home/data/domain.yml" --out "$home/models" --fixed-model-name dalil >"$home/train.log" 2>&1 ||
    fail "training failed: $(tail -n 1 "$home/train.log") (more in $home/train.log)"
  step "model in $home/models/dalil.tar.gz"
}

serve() {
  [ -f "$home/models/dalil.tar.gz" ] || fail "Rasa is not trained yet: run deploy/rasa.sh train"
  host=${RASA_HOST:-127.0.0.1} port=${RASA_PORT:-5005}
  "$env/bin/python" -c "import socket; socket.create_server(('$host', $port)).close()" 2>/dev/null ||
    fail "port $port of $host is taken: stop the other program, or choose another with RASA_PORT"
  step "serving on http://$host:$port; for Dalil: DALIL_RASA_URL=http://$host:$port"
  exec "$env/bin/rasa" run --enable-api -i "$host" -p "$port" -m "$home/models/dalil.tar.gz"
}

case ${1:-all} in
  find) find_python ;;
  build) build ;;
  train) train ;;
  serve) serve ;;
  all) build && train && serve ;;
  *) fail "deploy/rasa.sh knows find, build, train, serve and all" ;;
esac
