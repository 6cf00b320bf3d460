#!/usr/bin/env bash
# Install what one use of the product needs, into $MANDAT_VAR/venv:  install.sh run|test
#
# Only make, bash and python3 are there on a bare machine. What is there already is left alone, so that a second start
# costs a glance. Debian packages are installed when that is allowed; otherwise the exact command is said.
set -euo pipefail

use=${1:?run or test}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
var=${MANDAT_VAR:-$root/var}
case $var in /*) ;; *) var=$PWD/$var ;; esac
export MANDAT_VAR=$var
venv=$var/venv python=$var/venv/bin/python
unfinished=$var/venv.unfinished # outside, for clearing the environment must not clear it

asked=${LANGUAGE:-${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}}
say() { case ${asked,,} in en*) printf '%s\n' "$2" ;; *) printf '%s\n' "$1" ;; esac }
stop() { say "$@" >&2; exit 1; }

# The newest Python that serves, plain python3 first.
find_python() {
  local each
  for each in python3 python3.11 python3.12 python3.13 python3.14; do
    if "$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$each"
      return
    fi
  done
  stop "Il faut Python 3.11 ou plus récent. Tapez : apt-get install python3 python3-venv" \
       "Python 3.11 or newer is needed. Type: apt-get install python3 python3-venv"
}

# Install Debian packages, or say which and stop. $1: why, in French; $2: in English; then the packages.
debian() {
  local why_fr=$1 why_en=$2 as=()
  shift 2
  if [ "$(id -u)" != 0 ]; then
    if sudo -n true 2>/dev/null; then as=(sudo -n); else missing "$why_fr" "$why_en" "sudo apt-get install" "$@"; fi
  fi
  command -v apt-get >/dev/null || missing "$why_fr" "$why_en" "apt-get install" "$@"
  say "Installation de $* ($why_fr)…" "Installing $* ($why_en)…"
  local apt=("${as[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq)
  "${apt[@]}" install -y --no-install-recommends "$@" >/dev/null 2>&1 \
    || { "${apt[@]}" update >/dev/null && "${apt[@]}" install -y --no-install-recommends "$@" >/dev/null; } \
    || missing "$why_fr" "$why_en" "apt-get update && apt-get install" "$@"
}
missing() {
  local why_fr=$1 why_en=$2 command=$3
  shift 3
  stop "Il manque de quoi $why_fr. Tapez, puis recommencez :  $command $*" \
       "What is needed to $why_en is missing. Type this, then try again:  $command $*"
}

has_libraries() { "$system_python" -c 'import ctypes, sys; [ctypes.CDLL(each) for each in sys.argv[1:]]' "$@" 2>/dev/null; }

# Pip of the virtual environment, or the machine's own working on it where Debian left ensurepip out.
pip() {
  if "$python" -c 'import pip' 2>/dev/null; then "$python" -m pip --disable-pip-version-check -q "$@"
  else "$system_python" -m pip --python "$python" --disable-pip-version-check -q "$@"; fi
}

# An environment is whole when its marker is gone and it runs from here; a killed installation is begun again.
make_environment() {
  if [ ! -e "$unfinished" ] && [ -x "$python" ] && [ "$("$python" -c 'import sys; print(sys.prefix)' 2>/dev/null)" = "$venv" ]; then
    return
  fi
  if ! "$system_python" -c 'import ensurepip' 2>/dev/null && ! "$system_python" -m pip --version >/dev/null 2>&1; then
    debian "créer un environnement Python" "make a Python environment" python3-venv
  fi
  touch "$unfinished"
  if "$system_python" -c 'import ensurepip' 2>/dev/null; then "$system_python" -m venv --clear "$venv"
  else "$system_python" -m venv --clear --without-pip "$venv"; fi
}

# Install one file of pinned, hashed requirements, unless that very file was installed last time.
install() {
  local file=$here/$1.txt stamp=$venv/.$1
  local wanted
  wanted="$(sha256sum <"$file") $("$python" -V)"
  [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && return
  say "Installation de requirements/$1.txt…" "Installing requirements/$1.txt…"
  touch "$unfinished"
  [ -w "${HOME:-/}" ] || export UV_CACHE_DIR=$var/cache PIP_CACHE_DIR=$var/cache/pip
  if [ "$1" = bootstrap ]; then
    pip install --require-hashes -r "$file" || say "uv ne s’installe pas; pip le remplace." "uv does not install; pip replaces it."
  else
    { [ -x "$venv/bin/uv" ] && UV_LINK_MODE=copy UV_SYSTEM_CERTS=1 "$venv/bin/uv" pip install -q --python "$python" --require-hashes -r "$file"; } \
      || pip install --require-hashes -r "$file" \
      || stop "Les paquets Python ne s’installent pas : voyez ci-dessus ce que dit pip. Rien d’autre n’est à refaire; recommencez." \
              "The Python packages do not install: see above what pip says. Nothing else is lost; try again."
  fi
  echo "$wanted" >"$stamp"
}

# The product's command, for this folder, from anywhere.
write_command() {
  local text
  printf -v text '#!/bin/sh\nMANDAT_VAR="${MANDAT_VAR:-%s}" exec "%s" "%s" "$@"\n' "$var" "$python" "$root/manage.py"
  [ "$(cat "$venv/bin/mandat" 2>/dev/null)" = "${text%$'\n'}" ] && return
  printf '%s' "$text" >"$venv/bin/mandat"
  chmod +x "$venv/bin/mandat"
}

system_python=$(find_python)
export PYTHONPYCACHEPREFIX=${PYTHONPYCACHEPREFIX:-$var/pycache} PYTHONDONTWRITEBYTECODE=1
[ "$use" = run ] && check=all || check=folder
"$system_python" "$root/manage.py" up --check "$check" # before anything is touched
unset PYTHONDONTWRITEBYTECODE # each process would compile the same modules again

mkdir -p "$venv"
exec 9<"$venv"
flock -n 9 || { say "Une autre installation est en cours; on l’attend…" "Another installation is under way; waiting…"; flock 9; }

has_libraries libpango-1.0.so.0 libpangoft2-1.0.so.0 libharfbuzz.so.0 libharfbuzz-subset.so.0 libfontconfig.so.1 \
  || debian "composer les lettres en PDF" "make letters as PDF" libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
make_environment
install bootstrap
install "$use"
(cd "$root" && "$python" -m mandat.platform.postgres.binaries "$var") || install postgres
if [ "$use" = test ] && ! { command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null; then
  debian "essayer les pages dans un vrai navigateur" "try the pages in a real browser" chromium
fi
write_command
rm -f "$unfinished"
