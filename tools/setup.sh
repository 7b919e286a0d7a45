#!/usr/bin/env bash
# Makes .venv with exactly the versions of requirements.lock. Safe to run again: when nothing changed it does nothing.
#
#   tools/setup.sh             what Merata itself needs
#   tools/setup.sh --tests     and what the tests try it with: Chromium, PostgreSQL, and Gammu's SMS daemon
#
# PYTHON=python3.12 chooses the Python. MERATA_NO_BROWSER=1 leaves Chromium out, MERATA_NO_POSTGRES=1 PostgreSQL, MERATA_NO_SMS=1
# Gammu; the tests that need them are then skipped.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

stamp=.venv/merata-setup.stamp

say() { printf 'merata: %s\n' "$*"; }
stop() {
    printf 'merata: %s\n' "$@" >&2
    exit 1
}
recent_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

# The first Python that is recent enough; none: says which ones there are.
find_python() {
    local name
    for name in ${PYTHON:+"$PYTHON"} python3 python3.13 python3.12 python3.11; do
        if command -v "$name" >/dev/null && recent_enough "$name"; then
            [ -z "${PYTHON:-}" ] || [ "$name" = "$PYTHON" ] ||
                say "$PYTHON is not Python 3.11 or newer; using $name" >&2
            command -v "$name"
            return
        fi
    done
    if command -v python3 >/dev/null; then
        stop "Python 3.11 or newer is needed, and here is only $(python3 --version 2>&1)." \
            "Install a newer one and say which: PYTHON=/path/to/python3.11 make demo"
    fi
    stop "Python 3.11 or newer is needed, and here is none. Install it with this, then try again:" \
        "  ${sudo_word}apt-get update && ${sudo_word}apt-get install --yes python3 python3-venv"
}

sudo_word=""
[ "$(id -u)" -eq 0 ] || sudo_word="sudo "

# Runs a command as root where that is allowed without asking; else fails.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        sudo -n "$@"
    else
        return 1
    fi
}

# Installs a Debian package, or names the one command that does and stops. $1 package, $2 what it is for.
system_package() {
    local command="${sudo_word}apt-get update && ${sudo_word}apt-get install --yes --no-install-recommends $1"
    if ! command -v apt-get >/dev/null; then
        stop "$2 is missing. On Debian it is in the package $1; install your system's, then try again."
    fi
    if as_root true; then
        say "$2 is missing: installing the package $1 …"
        if as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq >/dev/null &&
            as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends "$1" >/dev/null; then
            return
        fi
        stop "The package $1 ($2) could not be installed. What went wrong stands above; this tries it again:" \
            "  $command"
    fi
    stop "$2 is missing. Install it with this, then try again:" "  $command"
}

need_venv() {
    "$python" -c 'import ensurepip, venv' 2>/dev/null && return
    local package=python3-venv
    [ "$(command -v python3 || true)" = "$python" ] || package="$(basename -- "$python")-venv"
    system_package "$package" "Python's part for making environments"
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        stop "$python still has no ensurepip after installing $package." \
            "Choose a Python that has it: PYTHON=/usr/bin/python3 make demo"
}

need_browser() {
    command -v chromium >/dev/null && return
    if [ -n "${MERATA_NO_BROWSER:-}" ]; then
        say "Chromium is missing: the tests that need it are skipped, as MERATA_NO_BROWSER says"
        return
    fi
    (system_package chromium "Chromium, with which the tests look at the report,") ||
        stop "(To leave out the tests that need it: MERATA_NO_BROWSER=1 make test)"
}

need_postgres() {
    [ -z "$(ls -d /usr/lib/postgresql/*/bin/initdb 2>/dev/null)" ] || return 0
    ! command -v initdb >/dev/null || return 0
    if [ -n "${MERATA_NO_POSTGRES:-}" ]; then
        say "PostgreSQL is missing: the site is tried on SQLite only, as MERATA_NO_POSTGRES says"
        return
    fi
    (system_package postgresql "PostgreSQL, on which the tests try the site as well,") ||
        stop "(To try it on SQLite only: MERATA_NO_POSTGRES=1 make test)"
}

need_gammu() {
    command -v gammu-smsd >/dev/null && return
    if [ -n "${MERATA_NO_SMS:-}" ]; then
        say "gammu-smsd is missing: the tests that need it are skipped, as MERATA_NO_SMS says"
        return
    fi
    (system_package gammu-smsd "Gammu's SMS daemon, with which the tests send and receive,") ||
        stop "(To leave out the tests that need it: MERATA_NO_SMS=1 make test)"
}

# Everything the environment depends on. A project that was moved needs a new one: its scripts name the old place.
fingerprint() {
    {
        printf '%s\n' "$PWD"
        "$python" -c 'import sys; print(sys.base_prefix, sys.version)'
        cat requirements.lock pyproject.toml tools/setup.sh
    } | sha256sum
}

# uv, as the lock says, its hashes checked by pip.
install_uv() {
    local wanted
    wanted=$(sed -n 's/^uv==\([^ ;]*\).*/\1/p' requirements.lock)
    [ -n "$wanted" ] || stop "requirements.lock names no uv: make it again with 'make lock' where uv is there"
    [ "$(.venv/bin/uv --version 2>/dev/null | cut -d' ' -f2)" != "$wanted" ] || return 0
    sed -n '/^uv==/,/^[^ ]/{/^uv==/p;/^ /p}' requirements.lock >.venv/uv-requirement.txt
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps \
        -r .venv/uv-requirement.txt
}

# Whether .venv was made here, by this Python, and works.
reusable() {
    local about='import sys; print(sys.base_prefix, sys.version)'
    grep -qsF "$PWD/.venv" .venv/bin/activate &&
        [ "$(.venv/bin/python -c "$about" 2>/dev/null)" = "$("$python" -c "$about")" ] &&
        .venv/bin/python -m pip --version >/dev/null 2>&1
}

make_environment() {
    local began=$SECONDS quiet=--quiet
    [ ! -t 2 ] || quiet=""
    rm -f -- "$stamp"
    say "setting up in .venv with $("$python" --version) (the first time takes a minute or two) …"
    reusable || "$python" -m venv --clear .venv
    say "1 of 4: the installer"
    install_uv
    say "2 of 4: $(grep -c '^[a-zA-Z]' requirements.lock) libraries, each checked against requirements.lock"
    # Compiled here, on all cores, or by whoever runs Merata first; some environments would compile at every start.
    .venv/bin/uv pip sync $quiet --python .venv/bin/python --require-hashes --compile-bytecode requirements.lock
    say "3 of 4: Merata itself"
    .venv/bin/uv pip install $quiet --python .venv/bin/python --no-deps --no-build-isolation --editable .
    say "4 of 4: the radio model and the plan, compiled for this processor"
    .venv/bin/python -m merata.run.warm || say "that failed: it is compiled when it is first used"
    fingerprint >"$stamp"
    say "ready after $((SECONDS - began)) s"
}

python=$(find_python)
if [ ! -x .venv/bin/merata ] || [ "$(cat "$stamp" 2>/dev/null)" != "$(fingerprint)" ]; then
    need_venv
    make_environment
fi
if [ "${1:-}" = --tests ]; then
    need_browser
    need_postgres
    need_gammu
fi
