#!/usr/bin/env bash
# From `pip install` of a built wheel to a blocked commit in a fresh repository, with the seconds of each step:
#   packaging/tests/wheel.sh DIRECTORY-OF-WHEELS
set -euo pipefail
wheels=$(cd "$1" && pwd)
# shellcheck source=packaging/tests/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

python3 -m venv "$work/venv"
export PATH=$work/venv/bin:$PATH
began=$(ms)
step() {
    local from
    from=$(ms)
    echo "\$ $*"
    "$@" >"$work/said" 2>&1 || [ "${fails:-}" = yes ] || wrong "$*"
    sed 's/^/    /' "$work/said" | head -n "${lines:-4}"
    echo "    [$(($(ms) - from)) ms]"
}
step pip install --quiet --no-index --find-links "$wheels" keyfence
step git init -q -b main "$work/bot"
cd "$work/bot"
step keyfence init --yes
plant first >.env
step git add -f .env
fails=yes lines=40 step git commit -m "Add the bot"
git rev-parse -q --verify HEAD >/dev/null && wrong "the commit was made"
echo "from pip install to the blocked commit: $(($(ms) - began)) ms"

file=$(command -v keyfence)
echo "the program: $(stat -c %s "$file" 2>/dev/null || stat -f %z "$file") bytes; the wheel: $(cat "$wheels"/keyfence-*.whl | wc -c) bytes"
for page in share/man/man1/keyfence.1 share/bash-completion/completions/keyfence share/zsh/site-functions/_keyfence; do
    [ -s "$work/venv/$page" ] || wrong "the wheel has no $page"
done
grep -qi python "$file" && head -c 2 "$file" | grep -q '#!' && wrong "the program is a script"
echo "ok: the wheel brings manual pages and completions"
