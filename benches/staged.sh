#!/bin/sh
# What is staged, as a hook sees it: keyfence beside git's own comparison of the index with HEAD and the hook
# modes of other scanners. One run is below the clock's resolution for CPU time: each tool is run 50 times, in
# blocks of ten, the tools in turn; wall times are taken one by one, CPU time over all runs.
#
#   KEYFENCE=target/release/keyfence benches/staged.sh [FILES:STAGED...] >benches/results/staged-DATE.tsv
#
# For each FILES:STAGED (5000:1 5000:3 100000:5) a repository of so many files with so many of them changed and
# staged is built in a temporary directory; one that exists can be named instead by its path. Needs git;
# kingfisher and betterleaks are run if they are found (or named by KINGFISHER, BETTERLEAKS), with their network
# checks off, each on a copy of its own: some write into the repository. BLOCKS is how many blocks of ten (5).
# Columns: repository, tool, runs, wall ms (minimum, median, maximum), CPU ms a run.
# shellcheck source=benches/lib.sh
. "$(dirname "$0")/lib.sh"
BLOCKS=${BLOCKS:-5}

build() { # directory files staged
    "$GIT" init -q -b main "$1"
    awk -v files="$2" 'BEGIN {
        print "commit refs/heads/main\ncommitter A <a@example.com> 1700000000 +0000\ndata 5\nfiles"
        for (f = 0; f < files; f++) {
            text = "limit = " f "\n# how many orders may stand in the book at one time\n"
            printf "M 100644 inline src/m%d/n%d/file%d.py\ndata %d\n%s\n", f % 40, f % 7, f, length(text), text
        }
    }' | "$GIT" -C "$1" fast-import --quiet
    "$GIT" -C "$1" reset -q --hard
    for file in $(seq 0 $(($3 - 1))); do
        echo "timeout = 30  # seconds until the order book is asked for again" \
            >>"$1/src/m$((file % 40))/n$((file % 7))/file$file.py"
    done
    "$GIT" -C "$1" add -A
}

block() { # tool count command...
    tool=$1 count=$2
    shift 2
    command -v "$1" >/dev/null 2>&1 || return 0
    before=$(awk '{ print $16 + $17 }' "/proc/$$/stat")
    for _ in $(seq "$count"); do
        start=$(date +%s%N)
        "$@" >/dev/null 2>&1
        end=$(date +%s%N)
        echo $(((end - start) / 1000)) >>"$dir/$tool.walls"
    done
    after=$(awk '{ print $16 + $17 }' "/proc/$$/stat")
    # The children's time holds `date` and `seq` too: the row `true` tells how much that is.
    echo $((after - before)) >>"$dir/$tool.ticks"
}

tools() { # repository count
    block true "$2" /bin/true
    block git-quiet "$2" "$GIT" -C "$1" diff --cached --quiet
    block git-raw "$2" "$GIT" -C "$1" diff --cached --raw
    block keyfence "$2" "$KEYFENCE" scan --staged --isolated -q "$1"
    block betterleaks "$2" "$BETTERLEAKS" git --staged "$1-betterleaks"
    block kingfisher "$2" "$KINGFISHER" scan "$1-kingfisher" --staged --no-validate --no-update-check --quiet
}

[ "$#" -eq 0 ] && set -- 5000:1 5000:3 100000:5
about "$KEYFENCE" "$GIT" "$KINGFISHER" "$BETTERLEAKS"
printf 'repository\ttool\truns\twall_min_ms\twall_median_ms\twall_max_ms\tcpu_ms\n'
for what in "$@"; do
    repo=$dir/repo
    if [ -d "$what" ]; then
        name=$(basename "$what")
        cp -a "$what" "$repo"
    else
        name=$what
        build "$repo" "${what%:*}" "${what#*:}"
    fi
    # Copies have other inode numbers: git would read all files again without this.
    for tool in betterleaks kingfisher; do
        cp -a "$repo" "$repo-$tool"
        "$GIT" -C "$repo-$tool" update-index -q --refresh
    done
    "$GIT" -C "$repo" update-index -q --refresh
    echo "# $name: $("$GIT" -C "$repo" ls-files | wc -l) files, $("$GIT" -C "$repo" diff --cached --name-only | wc -l) staged"
    tools "$repo" 1
    rm -f "$dir"/*.walls "$dir"/*.ticks
    for _ in $(seq "$BLOCKS"); do
        tools "$repo" 10
    done
    for tool in true git-quiet git-raw keyfence betterleaks kingfisher; do
        [ -s "$dir/$tool.walls" ] || continue
        ticks=$(awk '{ sum += $1 } END { print sum }' "$dir/$tool.ticks")
        sort -n "$dir/$tool.walls" | awk -v w="$name" -v t="$tool" -v c="$ticks" -v hz="$(getconf CLK_TCK)" '
            { w_[NR] = $1 / 1000 }
            END { printf "%s\t%s\t%d\t%.1f\t%.1f\t%.1f\t%.1f\n", w, t, NR, w_[1], w_[int((NR + 1) / 2)], w_[NR], c * 1000 / hz / NR }'
    done
    rm -rf "$repo" "$repo-betterleaks" "$repo-kingfisher" "$dir"/*.walls "$dir"/*.ticks
done
echo "# load at the end: $(cut -d' ' -f1-3 /proc/loadavg)"
