#!/bin/sh
# Whole histories: keyfence beside `git cat-file` over all objects (what reading them costs git itself) and
# other scanners, in turn, one table row a run.
#
#   KEYFENCE=target/release/keyfence benches/history.sh REPO... >benches/results/history-DATE.tsv
#
# Give bare repositories: some scanners would look at a work tree, too. GENERATE=N adds a generated history of
# N commits without anything to find. Needs git and GNU time; kingfisher and betterleaks are run if they are
# found (or named by KINGFISHER, BETTERLEAKS), with their network checks off. RUNS is how often each is run
# (5), after WARM (1) runs that are not counted. Columns: repository, tool, run, CPU seconds (user + system), wall
# seconds, peak RSS in KB (mapped packs count), exit code. Comment lines tell the peak of anonymous memory, and
# whether keyfence reports the same bytes with 1, 2 and 4 threads: if not, the exit code is 1.
# shellcheck source=benches/lib.sh
. "$(dirname "$0")/lib.sh"
RUNS=${RUNS:-5}
WARM=${WARM:-1}
GENERATE=${GENERATE:-0}
status=0

anonymous() { # command...: the highest anonymous memory seen, in KB
    "$@" >/dev/null 2>&1 &
    child=$! most=0
    while kill -0 "$child" 2>/dev/null; do
        now=$(sed -n 's/^RssAnon:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$child/status" 2>/dev/null)
        [ "${now:-0}" -gt "$most" ] && most=$now
        sleep 0.02
    done
    wait "$child"
    echo "$most"
}

generate() { # directory commits: files of words and numbers that grow and change
    "$GIT" init -q --bare "$1"
    awk -v commits="$2" 'BEGIN {
        srand(7)
        split("order book price depth trade spread signal window margin ledger replay socket candle", word, " ")
        for (c = 1; c <= commits; c++) {
            f = int(rand() * 200)
            lines = 20 + int(rand() * 12)
            text = ""
            for (l = 0; l < lines; l++) {
                text = text word[1 + int(rand() * 13)] "_" word[1 + int(rand() * 13)] " = " int(rand() * 1000)
                text = text "  # " word[1 + int(rand() * 13)] " of the " word[1 + int(rand() * 13)] "\n"
            }
            body[f] = (length(body[f]) > 60000 ? substr(body[f], 20000) : body[f]) text
            printf "commit refs/heads/main\ncommitter A <a@example.com> %d +0000\ndata 6\nupdate\n", 1600000000 + c * 60
            printf "M 100644 inline src/m%d/file%d.py\ndata %d\n%s\n", f % 20, f, length(body[f]), body[f]
        }
    }' | "$GIT" -C "$1" fast-import --quiet
    "$GIT" -C "$1" repack -adfq
}

if [ "$GENERATE" -gt 0 ]; then
    generate "$dir/generated.git" "$GENERATE"
    set -- "$@" "$dir/generated.git"
fi
about "$KEYFENCE" "$GIT" "$KINGFISHER" "$BETTERLEAKS"
for repo in "$@"; do
    echo "# $(basename "$repo"): $("$GIT" -C "$repo" count-objects -v | tr '\n' ' ')"
done
printf 'repository\ttool\trun\tcpu_s\twall_s\trss_kb\texit\n'
for repo in "$@"; do
    name=$(basename "$repo")
    for run in $(seq "$((1 - WARM))" "$RUNS"); do
        measure "$name" cat-file "$run" "$GIT" -C "$repo" cat-file --batch --batch-all-objects --unordered --buffer
        for threads in 1 2 4; do
            measure "$name" "keyfence-j$threads" "$run" "$KEYFENCE" scan --history --isolated -q -j "$threads" "$repo"
        done
        measure "$name" kingfisher "$run" "$KINGFISHER" scan "$repo" --no-validate --git-history full \
            --no-update-check --quiet
        measure "$name" betterleaks "$run" "$BETTERLEAKS" git "$repo"
    done
    for threads in 1 2 4; do
        "$KEYFENCE" scan --history --isolated -q -j "$threads" -f json -f "sarif=$dir/sarif.$threads" "$repo" \
            >"$dir/json.$threads" 2>"$dir/err.$threads"
    done
    same="the same bytes"
    for threads in 2 4; do
        for kind in json sarif err; do
            cmp -s "$dir/$kind.1" "$dir/$kind.$threads" || same="OTHER BYTES ($kind, -j $threads)" status=1
        done
    done
    echo "# $name: keyfence with 1, 2 and 4 threads: $same"
    echo "# $name: keyfence, peak anonymous memory: $(anonymous "$KEYFENCE" scan --history --isolated -q "$repo") KB"
done
echo "# load at the end: $(cut -d' ' -f1-3 /proc/loadavg)"
exit "$status"
