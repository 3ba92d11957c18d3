#!/usr/bin/env python3
"""Compares the exposure that `keyfence scan --history` tells with what git says, on a real repository.

usage: benches/exposure.py KEYFENCE REPOSITORY [OPTION...]

Git lists commits, parents and refs and hands out every tree (`git cat-file --batch`); which commits hold
a finding, and all that follows from it, is worked out here anew, another way than keyfence does: from
each commit's tree down. Differences are printed; the exit code is 1 when there are any. Options go to
`keyfence scan`.
"""

import collections
import json
import os
import subprocess
import sys

TREE, GITLINK = b"40000", b"160000"
ENV = dict(os.environ, GIT_NO_LAZY_FETCH="1", GIT_NO_REPLACE_OBJECTS="1")


class Repository:
    def __init__(self, path):
        self.path = path
        self.cat = subprocess.Popen(
            ["git", "-C", path, "cat-file", "--batch"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=ENV,
        )
        self.reached = self.commits("--all")
        self.logged = self.commits("--all", "--reflog")
        self.order = self.git("rev-list", "--all", "--topo-order", "--reverse").split()
        self.head = self.git("rev-parse", "HEAD").strip()
        detached = not self.git("symbolic-ref", "-q", "HEAD").strip()
        self.refs = {"HEAD": self.head} if detached else {}
        form = "--format=%(refname) %(objecttype) %(objectname) %(*objectname)"
        for line in self.git("for-each-ref", form).splitlines():
            name, kind, target, *peeled = line.split()
            self.refs[name] = peeled[0] if kind == "tag" and peeled else target
        branches = ("refs/heads/", "refs/remotes/")
        self.tips = {o for name, o in self.refs.items() if name.startswith(branches)} | {self.head}

    def git(self, *words):
        run = subprocess.run(["git", "-C", self.path, *words], capture_output=True, env=ENV)
        return run.stdout.decode("utf-8", "replace")

    def commits(self, *words):
        """Of each commit its tree, time and parents."""
        lines = self.git("log", "--format=%H %T %ct %P", *words).splitlines()
        rows = (line.split() for line in lines)
        return {row[0]: (row[1], int(row[2]), row[3:]) for row in rows}

    def tree(self, name):
        self.cat.stdin.write(name.encode() + b"\n")
        self.cat.stdin.flush()
        head = self.cat.stdout.readline().split()
        if head[-1] == b"missing":
            return []
        data = self.cat.stdout.read(int(head[2]))
        self.cat.stdout.read(1)
        entries, at, width = [], 0, len(name) // 2
        while at < len(data):
            blank = data.index(b" ", at)
            nul = data.index(b"\0", blank)
            entries.append((data[at:blank], data[nul + 1 : nul + 1 + width].hex()))
            at = nul + 1 + width
        return entries

    def files(self, commit):
        """Blobs and paths of a commit."""
        lines = self.git("ls-tree", "-r", "-z", commit).split("\0")
        return [(line.split()[2], line.split("\t", 1)[1]) for line in lines if line]


class Holders:
    """Which of some blobs a tree holds, anywhere below: a bit each."""

    def __init__(self, repository, blobs):
        self.repository = repository
        self.bits = {blob: 1 << at for at, blob in enumerate(sorted(blobs))}
        self.known = {}

    def of(self, tree):
        todo = [(tree, None)]
        while todo:
            name, entries = todo.pop()
            if name in self.known:
                continue
            if entries is None:
                entries = self.repository.tree(name)
                todo.append((name, entries))
                todo.extend((below, None) for mode, below in entries if mode == TREE)
                continue
            bits = 0
            for mode, below in entries:
                if mode == TREE:
                    bits |= self.known[below]
                elif mode != GITLINK:
                    bits |= self.bits.get(below, 0)
            self.known[name] = bits
        return self.known[tree]


def differences(repository, held, finding, counts):
    exposure = finding["exposure"]
    blobs = {p["object"] for p in finding["places"] if p["kind"] == "blob"}
    messages = {p["object"] for p in finding["places"] if p["kind"] in ("commit", "tag")}
    bits = sum(held.bits[blob] for blob in blobs)
    reached = repository.reached

    def holds(commit):
        return bool(held.commits.get(commit, 0) & bits) or commit in messages

    holding = [commit for commit in reached if holds(commit)]
    if bool(holding) != exposure["reachable"]:
        yield "reachable", bool(holding), exposure["reachable"]
        return
    if not holding:
        counts["unreachable"] += 1
        logged = any(map(holds, repository.logged))
        if logged != exposure["in_reflog"]:
            yield "in_reflog", logged, exposure["in_reflog"]
        return
    counts["reachable"] += 1
    brought = [c for c in holding if not any(map(holds, reached[c][2]))]
    if len(brought) != exposure["introductions"]:
        yield "introductions", len(brought), exposure["introductions"]
    first, oldest = exposure["first"], min(reached[c][1] for c in brought)
    commit = first["commit"]
    if commit not in brought or reached[commit][1] != oldest:
        yield "first", oldest, commit
    else:
        path = first.get("path")
        there = {path for blob, path in repository.files(commit) if blob in blobs}
        if path not in there and commit not in messages:
            yield "path", there, path
        author = repository.git("log", "-1", "--format=%an <%ae>", commit).strip()
        if author != first["author"]:
            yield "author", author, first["author"]
    last, newest = exposure["last"]["commit"], max(reached[c][1] for c in holding)
    if not holds(last) or reached[last][1] != newest:
        yield "last", newest, last
    now = {path for blob, path in repository.files("HEAD") if blob in blobs}
    told = {place["path"] for place in exposure["in_head"]}
    counts["in HEAD"] += bool(now)
    if now != told:
        yield "in_head", now, told
    above = set()
    for commit in repository.order:
        if holds(commit) or any(parent in above for parent in reached[commit][2]):
            above.add(commit)
    refs = sum(target in above for target in repository.refs.values())
    if refs != exposure["ref_count"]:
        yield "ref_count", refs, exposure["ref_count"]
    if len(blobs) + len(messages) != exposure["versions"]:
        yield "versions", len(blobs) + len(messages), exposure["versions"]
    # What took it out: the newest commit without it, of which a parent has it, unless a branch has it.
    removed = exposure["removed"] and exposure["removed"]["commit"]
    without = [
        c
        for c in reached
        if not held.commits[c] & bits and any(held.commits.get(p, 0) & bits for p in reached[c][2])
    ]
    still = any(held.commits.get(tip, 0) & bits for tip in repository.tips)
    if not messages:
        counts["removed"] += bool(removed)
        if still or not without:
            if removed:
                yield "removed", None, removed
        elif removed not in without or reached[removed][1] != max(reached[c][1] for c in without):
            yield "removed", "one of %d" % len(without), removed


def main():
    keyfence, path, *options = sys.argv[1:]
    run = [keyfence, "scan", "--history", "--isolated", "--format", "json", *options, path]
    report = json.loads(subprocess.run(run, capture_output=True, check=False).stdout)
    findings = [
        finding
        for finding in report["findings"]
        if finding.get("exposure") and any(p["kind"] == "blob" for p in finding["places"])
    ]
    repository = Repository(path)
    blobs = {p["object"] for f in findings for p in f["places"] if p["kind"] == "blob"}
    held = Holders(repository, blobs)
    held.commits = {c: held.of(row[0]) for c, row in repository.logged.items()}
    counts, wrong = collections.Counter(), 0
    for finding in findings:
        for what, git, told in differences(repository, held, finding, counts):
            wrong += 1
            print(f"{finding['id']} {finding['fingerprint']}: {what}: git {git}, keyfence {told}")
    told = ", ".join(f"{number} {what}" for what, number in sorted(counts.items()))
    print(
        f"{len(findings)} findings of {len(report['findings'])} ({told}) in {len(blobs)} blobs, "
        f"{len(repository.reached)} commits, {len(held.known)} trees: {wrong} differences"
    )
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
