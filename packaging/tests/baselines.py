"""What other scanners left behind, made by themselves: a repository with old leaks, the ignore file or baseline that
each scanner in PATH writes for them, and keyfence with it. Of what the other one wrote down nothing is reported, what
it did not know still is, and so is a new leak.

    python3 packaging/tests/baselines.py KEYFENCE
"""

import base64
import hashlib
import json
import os
import pathlib
import re
import shutil
import string
import subprocess
import sys
import tempfile
import zlib

LETTERS = string.digits + string.ascii_uppercase + string.ascii_lowercase


def value(word, length, letters=LETTERS):
    out, number = "", 0
    while len(out) < length:
        digest = hashlib.sha256(f"{word} {number}".encode()).digest()
        out += "".join(letters[byte % len(letters)] for byte in digest if byte < 256 // len(letters) * len(letters))
        number += 1
    return out[:length]


def github(word):
    """Thirty characters and their CRC-32 in base 62 (github.blog, "Behind GitHub's new authentication token formats")."""
    body, number, check = value(word, 30), 0, ""
    number = zlib.crc32(body.encode())
    while number:
        number, digit = divmod(number, 62)
        check = LETTERS[digit] + check
    return "ghp" + "_" + body + check.rjust(6, "0")


def aws(word):
    return "AKIA" + value(word, 16, base64.b32encode(bytes(range(40))).decode().strip("=")[:32])


class World:
    def __init__(self, top, keyfence):
        self.top, self.keyfence = pathlib.Path(top), keyfence
        home = self.top.parent / "home"
        home.mkdir(exist_ok=True)
        self.env = dict(
            os.environ,
            HOME=str(home),
            GIT_CONFIG_NOSYSTEM="1",
            GIT_AUTHOR_NAME="Ada", GIT_AUTHOR_EMAIL="ada@example.com",
            GIT_COMMITTER_NAME="Bea", GIT_COMMITTER_EMAIL="bea@example.com",
        )
        self.top.mkdir()
        self.run("git", "init", "-q", "-b", "main")
        self.values = {}
        self.plant("bot/live.env", "BINANCE_API_KEY={}\nBINANCE_SECRET_KEY={}\n", value("key", 64), value("secret", 64))
        self.plant("deploy/push.sh", "export GITHUB_TOKEN={}\n", github("token"))
        self.plant("deploy/aws.ini", "aws_access_key_id = {}\naws_secret_access_key = {}\n", aws("id"), value("aws", 40))
        self.plant("src/settings.py", 'API_SECRET = "{}"\n', value("generic", 40))
        self.commit()

    def run(self, *words, codes=(0,)):
        done = subprocess.run(words, cwd=self.top, env=self.env, capture_output=True)
        if codes and done.returncode not in codes:
            sys.exit(f"WRONG: {words}: exit code {done.returncode}\n{done.stdout.decode()}{done.stderr.decode()}")
        return done.stdout

    def plant(self, path, text, *values):
        file = self.top / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(text.format(*values))
        for one in values:
            self.values[one] = path

    def commit(self):
        self.run("git", "add", "-A")
        self.run("git", "commit", "-q", "-m", "x")

    def found(self, *flags):
        """The planted values that keyfence reports, and its exit code."""
        words = [self.keyfence, "scan", "--no-hygiene", "--show-secrets", "--format", "json", *flags, "."]
        done = subprocess.run(words, cwd=self.top, env=self.env, capture_output=True)
        if done.returncode not in (0, 1):
            sys.exit(f"WRONG: {words}: {done.stderr.decode()}")
        report = json.loads(done.stdout)
        parts = [part["secret"] for finding in report["findings"] for part in finding["parts"]]
        return {one for one in self.values if one in parts}, done.returncode


def betterleaks(world):
    world.run("betterleaks", ".", "--no-banner", "--silent", "-o", "leaks.json", codes=(0, 1))
    text = (world.top / "leaks.json").read_text()
    return json.loads(text)["findings"], {one for one in world.values if one in text}


def betterleaks_report(world):
    _, known = betterleaks(world)
    return "leaks.json", known


def betterleaks_ignore(world):
    leaks, known = betterleaks(world)
    (world.top / "leaks.json").unlink()
    prints = [leak["match"]["fingerprint"] for leak in leaks]
    (world.top / ".betterleaksignore").write_text("".join(one + "\n" for one in prints))
    return ".betterleaksignore", known


def detect_secrets(world):
    baseline = world.run("detect-secrets", "scan", ".")
    (world.top / ".secrets.baseline").write_bytes(baseline)
    hashes = {one["hashed_secret"] for found in json.loads(baseline)["results"].values() for one in found}
    return ".secrets.baseline", {one for one in world.values if hashlib.sha1(one.encode()).hexdigest() in hashes}


def ripsecrets(world):
    said = world.run("ripsecrets", ".", codes=(0, 1)).decode()
    paths = sorted({re.sub(r"^\./", "", line.split(":")[0]) for line in said.splitlines() if ":" in line})
    (world.top / ".secretsignore").write_text("".join(path + "\n" for path in paths))
    return ".secretsignore", {one for one, path in world.values.items() if path in paths}


def kingfisher(world):
    words = ["kingfisher", "scan", ".", "--no-validate", "--no-update-check", "--format", "sarif", "--output", "leaks.sarif"]
    # It ends with 200 where it finds something.
    world.run(*words, codes=(200,))
    text = (world.top / "leaks.sarif").read_text()
    return "leaks.sarif", {one for one in world.values if one in text}


SCANNERS = [
    ("betterleaks", betterleaks_report),
    ("betterleaks", betterleaks_ignore),
    ("detect-secrets", detect_secrets),
    ("ripsecrets", ripsecrets),
    ("kingfisher", kingfisher),
]


def main():
    keyfence = os.path.abspath(sys.argv[1])
    ran = 0
    for program, make in SCANNERS:
        if not shutil.which(program):
            continue
        with tempfile.TemporaryDirectory() as scratch:
            world = World(pathlib.Path(scratch) / "repo", keyfence)
            before, _ = world.found()
            if len(before) < 5:
                sys.exit(f"WRONG: keyfence finds only {len(before)} of the planted values")
            file, known = make(world)
            if not known:
                sys.exit(f"WRONG: {program} wrote nothing down in {file}")
            after, code = world.found("--baseline", file)
            old = after & known
            if old or not after <= before - known or code != int(bool(after)):
                sys.exit(f"WRONG: {file}: {len(old)} of the values that it knows are reported, exit code {code}")
            world.plant("new/live.env", "BINANCE_API_KEY={}\nBINANCE_SECRET_KEY={}\n", value("new", 64), value("newer", 64))
            world.commit()
            new, code = world.found("--baseline", file)
            if new != after | {one for one, path in world.values.items() if path == "new/live.env"} or code != 1:
                sys.exit(f"WRONG: {file}: the new leak is not reported, or what was told before is no more")
            print(
                f"ok: {program}: {file}: keyfence finds {len(before)} planted values of {len(world.values) - 2}; "
                f"{len(known)} are written down, none of them is reported; the others ({len(after)}) are, and so is a new pair"
            )
            ran += 1
    if not ran:
        sys.exit("WRONG: none of the scanners is in PATH")


main()
