#!/bin/sh
# What a pull request adds: keyfence over a range of commits beside `git log -p -U0` (the patches alone) and
# other scanners, in turn, one table row a run.
#
#   KEYFENCE=target/release/keyfence benches/range.sh REPO RANGE [REPO RANGE...] >benches/results/range-DATE.tsv
#
# RANGE is A..B, or a number: then the shortest HEAD~N..HEAD with so many commits or more (78 is a large pull
# request). Needs git and GNU time; kingfisher and betterleaks are run if they are found (or named by
# KINGFISHER, BETTERLEAKS), with their network checks off. RUNS is how often each is run (10), after one run
# that is not counted. Columns: repository, tool, run, CPU seconds (user + system), wall seconds, peak RSS in
# KB, exit code.
# shellcheck source=benches/lib.sh
. "$(dirname "$0")/lib.sh"
RUNS=${RUNS:-10}

resolve() { # repository range: A..B with ids
    case $2 in
    *..*) from=${2%..*} to=${2#*..} ;;
    *)
        back=1
        while [ "$("$GIT" -C "$1" rev-list --count "HEAD~$back..HEAD")" -lt "$2" ]; do
            back=$((back + 1))
        done
        from=HEAD~$back to=HEAD
        ;;
    esac
    echo "$("$GIT" -C "$1" rev-parse "$from^{commit}")..$("$GIT" -C "$1" rev-parse "$to^{commit}")"
}

about "$KEYFENCE" "$GIT" "$KINGFISHER" "$BETTERLEAKS"
printf 'repository\ttool\trun\tcpu_s\twall_s\trss_kb\texit\n'
while [ "$#" -ge 2 ]; do
    repo=$1 range=$(resolve "$1" "$2")
    shift 2
    name=$(basename "$repo")
    echo "# $name: $range, $("$GIT" -C "$repo" rev-list --count "$range") commits"
    for run in $(seq 0 "$RUNS"); do
        measure "$name" diff-raw "$run" "$GIT" -C "$repo" diff --raw "${range%..*}" "${range#*..}"
        measure "$name" log-raw "$run" "$GIT" -C "$repo" log --raw "$range"
        measure "$name" log-patch "$run" "$GIT" -C "$repo" log -p -U0 "$range"
        measure "$name" keyfence "$run" "$KEYFENCE" scan --range "$range" --isolated -q "$repo"
        measure "$name" betterleaks "$run" "$BETTERLEAKS" git --log-opts="$range" "$repo"
        measure "$name" kingfisher "$run" "$KINGFISHER" scan "$repo" --since-commit "${range%..*}" \
            --branch "${range#*..}" --no-validate --no-update-check --quiet
    done
done
echo "# load at the end: $(cut -d' ' -f1-3 /proc/loadavg)"
