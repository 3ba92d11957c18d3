#!/usr/bin/env python3
"""Compares the verdicts of `keyfence gitignore` with those of git, on real repositories.

usage: benches/gitignore.py KEYFENCE REPOSITORY...

Of each repository the index of HEAD and its ignore files are put into a new one without any user's
configuration. Both are asked of every path of the index, and in each of its directories of secret files'
names, of names that the patterns of the ignore files suggest, and of the same with other endings. A row
tells the repository, how many ignore files and patterns it has, the verdicts by kind, and how many differ;
differences are printed on standard error, and the exit code is 1 when there are any.
"""

import collections
import os
import pathlib
import re
import subprocess
import sys
import tempfile

NAMES = """.env .env.local .env.example .env.production config.local.json config-private.json wallet.json
server.key server.pem id_rsa id_rsa.pub api-keys.json vault.kdbx .secret UTC--2024-01-01 conf/.password_verification
build/private.key node_modules/.env dist/config.json .idea/x tmp/a.log logs/bot.log a.pyc data/history.db""".split()


def run(*words, where, home, given=b""):
    env = {"PATH": os.environ["PATH"], "HOME": home, "GIT_CONFIG_NOSYSTEM": "1", "GIT_NO_LAZY_FETCH": "1"}
    done = subprocess.run(words, cwd=where, input=given, env=env, stdout=subprocess.PIPE)
    return done.stdout


def suggested(pattern):
    """Paths that a pattern might be about."""
    text = pattern.strip().lstrip("!").strip("/")
    text = text.replace("**/", "a/b/").replace("/**", "/a/b").replace("*", "some").replace("?", "x")
    text = re.sub(r"\[(.)[^\]]*\]", r"\1", text).replace("\\", "")
    if text and "\0" not in text and ".." not in text.split("/") and not text.startswith(".git/"):
        yield from (text, text + "/inside", text + "x", "deeper/" + text)


def export(source, top, home):
    """The index of HEAD and its ignore files in a new repository; tells their patterns and all paths."""
    run("git", "init", "-q", "--template=", where=top, home=home)
    objects = run("git", "rev-parse", "--path-format=absolute", "--git-path", "objects", where=source, home=home)
    pathlib.Path(top, ".git/objects/info").mkdir(exist_ok=True)
    pathlib.Path(top, ".git/objects/info/alternates").write_bytes(objects)
    head = run("git", "rev-parse", "HEAD^{tree}", where=source, home=home).decode().strip()
    run("git", "read-tree", head, where=top, home=home)
    patterns, paths = [], []
    for row in run("git", "ls-files", "-s", "-z", where=top, home=home).split(b"\0")[:-1]:
        (mode, name, _), path = row.split(b"\t")[0].split(), row.split(b"\t", 1)[1]
        if mode != b"160000":
            paths.append(path)
            # A pattern that ends in a slash asks whether a path is a directory.
            pathlib.Path(top, os.fsdecode(path)).parent.mkdir(parents=True, exist_ok=True)
        if path.split(b"/")[-1] == b".gitignore" and mode in (b"100644", b"100755"):
            text = run("git", "cat-file", "blob", name.decode(), where=top, home=home)
            pathlib.Path(top, os.fsdecode(path)).write_bytes(text)
            patterns.append((path, text.decode("utf-8", "replace").splitlines()))
    return patterns, paths


def asked(patterns, paths):
    tracked = set(paths)
    above = {path.rpartition(b"/")[0] for path in paths}
    for directory in list(above):
        while directory:
            directory = directory.rpartition(b"/")[0]
            above.add(directory)
    more = {b"/".join((directory, name.encode())).lstrip(b"/") for directory in above for name in NAMES}
    for file, lines in patterns:
        base = file.rpartition(b"/")[0]
        for line in lines:
            more |= {b"/".join((base, name.encode())).lstrip(b"/") for name in suggested(line)}
    # What lies below a tracked file, or where a submodule begins, is no path of this repository.
    whole = lambda path: not any(path[:i] in tracked for i, byte in enumerate(path) if byte == 47)
    clean = lambda path: b"\n" not in path and b"\t" not in path and b"//" not in path
    return sorted(path for path in tracked | more if whole(path) and clean(path))


def main():
    keyfence, *sources = sys.argv[1:]
    keyfence = os.path.abspath(keyfence)
    print("repository\tignore_files\tpatterns\tverdicts\tcovered\tuncovered\ttracked\tdifferences")
    wrong = 0
    for source in sources:
        with tempfile.TemporaryDirectory() as scratch:
            top, home = os.path.join(scratch, "export"), os.path.join(scratch, "nobody")
            os.makedirs(top)
            patterns, paths = export(source, top, home)
            tracked, questions = set(paths), asked(patterns, paths)
            said = run(
                keyfence, "gitignore", top, "--paths", "-", "-0", "--format", "tsv",
                where=top, home=home, given=b"".join(path + b"\0" for path in questions),
            )
            told = dict(reversed(line.split(b"\t", 1)) for line in said.splitlines())
            answers = run(
                "git", "check-ignore", "--no-index", "--stdin", "-z", "-v", "-n",
                where=top, home=home, given=b"".join(path + b"\0" for path in questions),
            ).split(b"\0")
            count, differing = collections.Counter(), 0
            for file, _, pattern, path in zip(*(answers[i::4] for i in range(4))):
                ignored = bool(file) and not pattern.startswith(b"!")
                verdict = "tracked" if path in tracked else "covered" if ignored else "uncovered"
                count[verdict] += 1
                if told.get(path, b"nothing").decode() != verdict:
                    differing += 1
                    print(f"{source}: {path!r}: git {verdict}, keyfence {told.get(path)}", file=sys.stderr)
            if sum(count.values()) != len(questions):
                sys.exit(f"{source}: git answered for {sum(count.values())} of {len(questions)} paths")
            wrong += differing
            kinds = "\t".join(str(count[kind]) for kind in ("covered", "uncovered", "tracked"))
            name = os.path.basename(os.path.abspath(source))
            sums = sum(len(lines) for _, lines in patterns)
            print(name, len(patterns), sums, len(questions), kinds, differing, sep="\t")
    sys.exit(1 if wrong else 0)


main()
