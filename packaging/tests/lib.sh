# shellcheck shell=bash
# What the scripts here share: a home and a git of nobody else's, and a way to say what was expected.
tests=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck disable=SC2034 # for those who read this file
top=$(cd "$tests/../.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/keyfence-test.XXXXXX")
trap 'rm -rf "$work"' EXIT
python=$(python3 -c 'import sys; print(sys.executable)')
mkdir "$work/home"
export HOME=$work/home GIT_CONFIG_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0
export GIT_AUTHOR_NAME=Ada GIT_AUTHOR_EMAIL=ada@example.com GIT_COMMITTER_NAME=Bea GIT_COMMITTER_EMAIL=bea@example.com
unset GIT_DIR GIT_INDEX_FILE KEYFENCE_CONFIG KEYFENCE_FAIL_ON KEYFENCE_FORMAT 2>/dev/null || true

plant() { "$python" "$tests/plant.py" "$1"; }
ms() { "$python" -c 'import time; print(int(time.time() * 1000))'; }

wrong() {
    echo "WRONG: $1"
    [ -f "$work/said" ] && sed 's/^/    /' "$work/said"
    exit 1
}

# stopped WHAT COMMAND...: the command fails, and keyfence says that it stopped it.
stopped() {
    local what=$1
    shift
    if "$@" >"$work/said" 2>&1; then wrong "$what: it passed"; fi
    grep -qE 'keyfence (stopped|refuses) this (commit|push)' "$work/said" || wrong "$what: it failed, and not by keyfence"
    grep -q 'no-verify' "$work/said" && wrong "$what: it says how to skip the hook"
    echo "ok: $what: stopped"
}

# passes WHAT COMMAND...: the command succeeds.
passes() {
    local what=$1
    shift
    "$@" >"$work/said" 2>&1 || wrong "$what: it was stopped"
    echo "ok: $what: passed"
}

# A fresh repository with one commit, in a directory of this name.
repository() {
    git init -q -b main "$work/$1"
    cd "$work/$1" || exit
    echo hello >README
    git add -A
    git -c core.hooksPath=/dev/null commit -q -m begin
}
