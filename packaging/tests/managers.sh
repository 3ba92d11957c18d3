#!/usr/bin/env bash
# The real hook managers, and git's own hooks, on real commits and pushes:
#   packaging/tests/managers.sh DIRECTORY-OF-WHEELS
# pre-commit, prek and lefthook are taken from PATH; husky and lefthook from npm where npm is there. Needs the network
# only for what these fetch themselves.
# ONLY=husky runs one part. IDS="keyfence-src keyfence-docker" lets pre-commit and prek install those hooks instead: they
# build keyfence, which takes minutes (CARGO_TARGET_DIR saves some of them), in a container where docker is there.
set -euo pipefail
wheels=$(cd "$1" && pwd)
# shellcheck source=packaging/tests/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-index --find-links "$wheels" keyfence
# The default hook installs this repository, which asks for the wheel; here it is that of this run.
export PIP_FIND_LINKS=$wheels UV_FIND_LINKS=$wheels PRE_COMMIT_HOME=$work/cache PREK_HOME=$work/prek

# This repository as a manager clones it, with a tag.
git clone -q --no-hardlinks "$top" "$work/keyfence"
(cd "$top" && git ls-files -z --cached --others --exclude-standard | tar -c --null -T -) | tar -x -C "$work/keyfence"
(cd "$work/keyfence" && git add -A && git -c core.hooksPath=/dev/null commit -q --allow-empty -m now && git tag -f v0.0.0-test >/dev/null)

commits() {
    local with=$1
    echo fine >fine
    git add fine
    passes "$with: a clean commit" git commit -m fine
    plant "$with" >'my key.env'
    git add 'my key.env'
    stopped "$with: a leak in a name with a blank" git commit -m leak
    echo clean >'my key.env'
    stopped "$with: the index holds it, the file no more" git commit -m leak
    git rm -q --cached -f 'my key.env'
    plant "$with all" >>fine
    stopped "$with: commit -a" git commit -a -m leak
    git checkout -q -- fine
    plant "$with amend" >amend.env
    git add amend.env
    stopped "$with: amend" git commit --amend -m leak
    git rm -q --cached -f amend.env
    rm -f amend.env 'my key.env'
    passes "$with: an empty amend" git commit --amend --allow-empty -m words
}

# What a message says and what a push sends, to a repository beside this one.
pushes() {
    local with=$1
    stopped "$with: a leak in a message" git commit --allow-empty -m "$(plant message)"
    git init -q --bare "$PWD.git"
    git remote add origin "$PWD.git"
    passes "$with: a clean push" git push -q origin main
    plant pushed >pushed.env
    git add -f pushed.env
    git -c core.hooksPath=/dev/null commit -q -m leak
    git rm -q pushed.env
    git -c core.hooksPath=/dev/null commit -q -m gone
    stopped "$with: a push with a leak in the middle" git push -q origin main
    git switch -q -c other
    stopped "$with: a push of a new branch" git push -q origin other
}

wanted() { [ -z "${ONLY:-}" ] || [ "$ONLY" = "$1" ]; }

# The hooks of an id, as docs/hook.md has them.
hooks() {
    echo "      - id: $1"
    case $1 in
    keyfence) printf '      - id: keyfence-push\n      - id: keyfence-msg\n' ;;
    keyfence-src) sed -n '/^      - id: keyfence-src$/,/^```$/p' "$top/docs/hook.md" | sed -e 1d -e '/^```$/d' ;;
    esac
}

for manager in pre-commit prek; do
    wanted "$manager" || continue
    command -v "$manager" >/dev/null || { echo "skipped: $manager is not here"; continue; }
    "$manager" --version
    for id in ${IDS:-keyfence keyfence-system}; do
        repository "$manager-$id"
        if [ "$id" = keyfence-system ]; then export PATH=$work/venv/bin:$PATH; fi
        cat >.pre-commit-config.yaml <<EOF
default_install_hook_types: [pre-commit, pre-merge-commit, pre-push, commit-msg]
repos:
  - repo: file://$work/keyfence
    rev: v0.0.0-test
    hooks:
$(hooks "$id")
EOF
        "$manager" install >/dev/null
        git add -A
        from=$(ms)
        passes "$manager, $id: the first commit, which installs it" git commit -m config
        echo "    [$(($(ms) - from)) ms]"
        commits "$manager, $id"
        if [ "$id" = keyfence ] || [ "$id" = keyfence-src ]; then
            pushes "$manager, $id"
        fi
    done
done
export PATH=$work/venv/bin:$PATH

for manager in pre-commit prek; do
    wanted "$manager" || continue
    if [ -n "${IDS:-}" ] || ! command -v "$manager" >/dev/null; then continue; fi
    repository "$manager-init"
    printf 'repos:\n- repo: local\n  hooks:\n  - {id: own, name: own, entry: "true", language: system}\n' >.pre-commit-config.yaml
    keyfence init --push --message --yes >"$work/said"
    # What it says is to be done then.
    words=$(sed -n "s/^note: then put pre-commit's hook in place: pre-commit \(.*\) (or prek)$/\1/p" "$work/said")
    # shellcheck disable=SC2086 # they are words
    "$manager" ${words:?} >/dev/null
    passes "$manager, init --push --message: doctor" keyfence doctor
    git add -A
    git -c core.hooksPath=/dev/null commit -q -m config
    commits "$manager, init"
    pushes "$manager, init"
done

if wanted lefthook && command -v lefthook >/dev/null; then
    lefthook version
    repository lefthook
    printf 'pre-commit:\n  jobs:\n    - run: "true"\n' >lefthook.yml
    keyfence init --push --message --yes >/dev/null
    lefthook install >/dev/null
    passes "lefthook: doctor" keyfence doctor
    git add -A
    git commit -q -m config >/dev/null 2>&1
    commits lefthook
    pushes lefthook
else
    echo "skipped: lefthook"
fi

if wanted husky && command -v npm >/dev/null; then
    repository husky
    npm init -y >/dev/null 2>&1
    npm install --silent --no-audit --no-fund husky >/dev/null 2>&1
    printf 'node_modules\n' >.gitignore
    npx husky
    echo 'true' >.husky/pre-commit
    keyfence init --push --message --yes >/dev/null
    passes "husky $(sed -n 's/.*"version": "\(.*\)".*/\1/p' node_modules/husky/package.json): doctor" keyfence doctor
    git add -A
    git commit -q -m config >/dev/null 2>&1
    commits husky
    pushes husky
else
    echo "skipped: husky"
fi

repository native
keyfence init --push --message --yes >/dev/null
passes "git $(git version | cut -d ' ' -f 3): doctor" keyfence doctor
git add -A
git commit -q -m config >/dev/null 2>&1
commits "git's own hooks"
pushes "git's own hooks"

repository everywhere
keyfence init --global --push --message --yes >"$work/global" 2>&1
head -n 3 "$work/global"
mkdir -p .git/hooks
printf '#!/bin/sh\necho own hook >&2\n' >.git/hooks/pre-commit
chmod +x .git/hooks/pre-commit
commits "init --global"
echo more >more.txt
git add more.txt
git commit -m more >"$work/said" 2>&1
grep -q 'own hook' "$work/said" || wrong "the repository's own hook does not run any more"
echo "ok: init --global: the repository's own hook runs as well"
pushes "init --global"
git switch -q main
git reset -q --hard HEAD~2
for manager in pre-commit prek lefthook; do
    command -v "$manager" >/dev/null || continue
    repository "everywhere-$manager"
    case $manager in
    lefthook) printf 'pre-commit:\n  jobs:\n    - run: echo own hook\n' >lefthook.yml ;;
    *) printf 'repos:\n- repo: local\n  hooks:\n  - {id: own, name: own, entry: echo own hook, language: system, verbose: true}\n' >.pre-commit-config.yaml ;;
    esac
    # As the note of init --global has it: a manager installs nothing while core.hooksPath is set.
    GIT_CONFIG_GLOBAL=/dev/null "$manager" install >"$work/said" 2>&1 || wrong "$manager could not be installed"
    git add -A
    passes "init --global, with $manager: a clean commit" git commit -m config
    grep -q 'own hook' "$work/said" || wrong "$manager does not run"
    plant "everywhere $manager" >leak.env
    git add leak.env
    stopped "init --global, with $manager: a leak" git commit -m leak
done
cd "$work/everywhere"
keyfence init --global --undo --yes >/dev/null
plant gone >gone.env
git add gone.env
passes "init --global --undo: nothing of it is left" git commit -m gone
