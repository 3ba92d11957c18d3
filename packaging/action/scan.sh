#!/usr/bin/env bash
# Scans what the event is about, and writes the reports. Says its exit code as an output; the last step of action.yml
# gives it back. Whatever comes from the event or the inputs is in variables, and none of it is run.
set -euo pipefail

output=${GITHUB_OUTPUT:-/dev/stdout}
work=$(mktemp -d "${RUNNER_TEMP:-/tmp}/keyfence.XXXXXX")
cd "${INPUT_PATH:-.}"

say() { echo "::$1 title=keyfence::$2"; }

# Nothing of the repository is run by git: no hooks, no filters, no watchers.
git_plain() {
    git -c core.hooksPath=/dev/null -c core.fsmonitor=false -c protocol.ext.allow=never "$@"
}

has() { git_plain cat-file -e "$1^{commit}" 2>/dev/null; }

# The token goes by the environment, never by the command line; a checkout that kept its credentials needs none.
fetch() {
    if [ -n "${INPUT_TOKEN:-}" ] && [ -n "${GITHUB_SERVER_URL:-}" ] &&
        ! git_plain config --get-all "http.$GITHUB_SERVER_URL/.extraheader" >/dev/null 2>&1; then
        local basic
        basic=$(printf 'x-access-token:%s' "$INPUT_TOKEN" | base64 | tr -d '\n')
        GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0="http.$GITHUB_SERVER_URL/.extraheader" \
            GIT_CONFIG_VALUE_0="AUTHORIZATION: basic $basic" git_plain fetch --quiet --no-tags "$@" 2>"$work/fetch"
    else
        git_plain fetch --quiet --no-tags "$@" 2>"$work/fetch"
    fi
}

is_shallow() { [ "$(git_plain rev-parse --is-shallow-repository)" = true ]; }

# Whether all commits of the range are here, and what parts it from the base as well: no commit of it is one whose
# parents were left out, and both sides meet.
is_whole() {
    is_shallow || return 0
    git_plain merge-base "$1" "$2" >/dev/null 2>&1 || return 1
    local cut
    cut=$(comm -12 <(git_plain rev-list "$1..$2" | sort) <(sort "$(git_plain rev-parse --git-path shallow)"))
    [ -z "$cut" ]
}

# Brings what the range needs, in growing steps.
bring() {
    local base=$1 head=$2 depth
    for commit in "$base" "$head"; do
        has "$commit" || fetch --depth=1 origin "$commit" || return 1
    done
    for depth in 20 100 500 2500 10000; do
        is_whole "$base" "$head" && return 0
        fetch --deepen="$depth" origin "$base" "$head" || return 1
    done
    is_whole "$base" "$head" && return 0
    fetch --unshallow origin "$base" "$head" && is_whole "$base" "$head"
}

is_commit() { [[ $1 =~ ^[0-9a-f]{40}([0-9a-f]{24})?$ ]] && [[ ! $1 =~ ^0+$ ]]; }

event=${GITHUB_EVENT_NAME:-}
mode=${INPUT_MODE:-auto}
base=${INPUT_BASE:-${EVENT_BASE:-}}
head=${INPUT_HEAD:-${EVENT_HEAD:-}}
case $mode in
auto)
    case $event in
    pull_request | pull_request_target | merge_group | push) mode="diff" ;;
    *) mode=tree ;;
    esac
    ;;
diff | tree | history) ;;
*)
    say error "the input mode is none of auto, diff, tree and history"
    exit 2
    ;;
esac

if [ "$mode" = diff ]; then
    for name in base head; do
        # Names of branches are made commits, whatever they look like.
        value=${!name}
        if [ -n "$value" ] && ! is_commit "$value"; then
            commit=$(git_plain rev-parse --verify --quiet --end-of-options "$value^{commit}" ||
                git_plain rev-parse --verify --quiet --end-of-options "origin/$value^{commit}" || true)
            printf -v "$name" '%s' "$commit"
        fi
    done
    if ! is_commit "$base" || ! is_commit "$head"; then
        say notice "there is nothing to compare with, and so all files are scanned"
        mode=tree
    elif ! bring "$base" "$head"; then
        say warning "the commits between $base and $head could not be fetched, and so all files are scanned; with fetch-depth 0 the checkout brings them"
        sed 's/^/git: /; s/::/: :/g' "$work/fetch" || true
        mode=tree
    elif [ "$(git_plain rev-list --count "$base..$head")" = 0 ]; then
        say notice "$head adds no commit to $base, and so all files are scanned"
        mode=tree
    fi
fi

args=()
case $mode in
diff) args+=(--range "$base..$head") ;;
history)
    args+=(--history)
    if is_shallow; then
        say warning "this checkout holds a part of the history alone; with fetch-depth 0 it holds all"
    fi
    ;;
esac

# A pull request is judged by the base side's configuration.
if [ -n "${INPUT_CONFIG:-}" ]; then
    args+=(--config "$INPUT_CONFIG")
elif [[ $event == pull_request* ]] && is_commit "${EVENT_BASE:-}"; then
    if ! has "$EVENT_BASE" && ! fetch --depth=1 origin "$EVENT_BASE"; then
        say warning "the base side's keyfence.toml could not be fetched; none is used"
        args+=(--isolated)
    elif git_plain cat-file -e "$EVENT_BASE:keyfence.toml" 2>/dev/null; then
        mkdir "$work/base"
        git_plain cat-file blob "$EVENT_BASE:keyfence.toml" >"$work/base/keyfence.toml"
        if grep -qE '^[[:space:]]*(rules|baseline)[[:space:]]*=' "$work/base/keyfence.toml"; then
            # It names files beside it.
            git_plain archive --format=tar "$EVENT_BASE" | tar -x -C "$work/base"
        fi
        args+=(--config "$work/base/keyfence.toml")
    else
        args+=(--isolated)
    fi
fi
while IFS= read -r line; do
    if [ -n "$line" ]; then args+=(--baseline "$line"); fi
done <<<"${INPUT_BASELINE:-}"
if [ "$mode" = diff ] && [[ $event == pull_request* ]] && [ "${INPUT_ALLOW_COMMENTS:-false}" != true ]; then
    args+=(--no-inline)
fi
if [ "${INPUT_ANNOTATIONS:-true}" = true ]; then args+=(--format github); else args+=(--format human); fi
args+=(--format "sarif=$work/keyfence.sarif" --format "json=$work/keyfence.json")
args+=(--format "markdown=$work/keyfence.md" --fail-on "${INPUT_FAIL_ON:-medium}" --color never)

echo "mode: $mode${base:+, $base..$head}"
code=0
# Settings of the machine are no settings of this run.
env -u KEYFENCE_FORMAT -u KEYFENCE_FAIL_ON -u KEYFENCE_CONFIG "${KEYFENCE:?}" scan "${args[@]}" || code=$?

if [ "${INPUT_SUMMARY:-true}" = true ] && [ -f "$work/keyfence.md" ] && [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
    cat "$work/keyfence.md" >>"$GITHUB_STEP_SUMMARY"
fi
findings=$(sed -n 's/^    "findings": \([0-9]*\),$/\1/p' "$work/keyfence.json" 2>/dev/null | head -n 1)
upload=false
if [ -f "$work/keyfence.sarif" ]; then
    case ${INPUT_SARIF:-auto} in
    true) upload=true ;;
    auto) if [ "${EVENT_FORK:-false}" != true ]; then upload=true; fi ;;
    esac
fi
{
    echo "mode=$mode"
    echo "findings=$findings"
    if [ "$mode" = diff ]; then echo "new=$findings"; else echo "new="; fi
    echo "sarif-file=$work/keyfence.sarif"
    echo "upload=$upload"
    echo "exit-code=$code"
} >>"$output"
