#!/bin/sh
# What the rules cost: the same engine built with some rules and with all, in turn, on trees, histories and a
# file of one line.
#
#   FEW=few/keyfence ALL=target/release/keyfence benches/rules.sh DIR_OR_BARE_REPOSITORY... >benches/results/DATE-rules.tsv
#
# FEW is a build of a copy whose `rules/` was cut down (the figures in the README: to the files that the first commit
# has). One thread, archives off; RUNS (7) runs of each. Columns: what was scanned, median CPU ms with few
# rules and with all, and their ratio. Needs GNU time, whose clock has steps of 10 ms: the start is summed over 50 runs.
set -u
RUNS=${RUNS:-7}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
printf 'x = 1\n' >"$dir/one.py"

cpu() { # times command...: CPU ms of one
    times=$1
    shift
    # shellcheck disable=SC2016
    env time -o "$dir/time" -f '%U %S' -- sh -c 'n=$1; shift; while [ "$n" -gt 0 ]; do "$@"; n=$((n - 1)); done' \
        sh "$times" "$@" >/dev/null 2>&1
    tail -n 1 "$dir/time" | awk -v n="$times" '{ printf "%.2f\n", ($1 + $2) * 1000 / n }'
}

median() { sort -n "$1" | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'; }

row() { # name times arguments...
    name=$1 times=$2
    shift 2
    : >"$dir/few"
    : >"$dir/all"
    run=0
    while [ "$run" -lt "$RUNS" ]; do
        run=$((run + 1))
        cpu "$times" "$FEW" "$@" >>"$dir/few"
        cpu "$times" "$ALL" "$@" >>"$dir/all"
    done
    echo "$name $(median "$dir/few") $(median "$dir/all")" |
        awk '{ printf "%s\t%s\t%s\t%.2f\n", $1, $2, $3, $3 / $2 }'
}

printf 'what\tfew_ms\tall_ms\tratio\n'
row start 50 scan --isolated --no-hygiene --format json "$dir/one.py"
for input in "$@"; do
    if [ -d "$input/objects" ]; then
        row "$(basename "$input")" 1 scan --history --isolated --no-archives --format json -j1 "$input"
    else
        row "$(basename "$input")" 1 scan --isolated --no-archives --format json -j1 "$input"
    fi
done
