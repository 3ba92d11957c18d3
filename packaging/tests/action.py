"""Runs the steps of action.yml as a runner does, in the environment that GitHub gives: a planted pull request must fail,
a clean one must pass. The program comes from an archive as a release has it, with its checksum.

    python packaging/tests/action.py KEYFENCE

Needs PyYAML. Steps that use another action are not run, but said.
"""

import hashlib
import json
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile

import yaml

TOP = pathlib.Path(__file__).resolve().parents[2]
WORK = pathlib.Path(tempfile.mkdtemp(prefix="keyfence-action."))
TARGET = f"{platform.machine().replace('arm64', 'aarch64')}-unknown-linux-musl"


def value(expression: str, context: dict) -> str:
    """What an expression of action.yml gives: names, ==, !=, && and ||, as GitHub defines them."""

    def single(text: str):
        text = text.strip()
        if text.startswith("'"):
            return text.strip("'")
        found = context
        for name in text.split("."):
            found = found.get(name) if isinstance(found, dict) else None
            if found is None:
                return ""
        return found

    def compared(text: str):
        for sign in ("==", "!="):
            if sign in text:
                left, right = (str(single(part)) for part in text.split(sign, 1))
                return (left == right) == (sign == "==")
        return single(text)

    def conjunction(text: str):
        result = ""
        for part in text.split("&&"):
            result = compared(part)
            if not result:
                return result
        return result

    result = ""
    for part in expression.split("||"):
        result = conjunction(part)
        if result:
            break
    return str(result).lower() if isinstance(result, bool) else str(result)


def filled(text: str, context: dict) -> str:
    return re.sub(r"\$\{\{(.*?)\}\}", lambda match: value(match[1], context), str(text))


def bash(script: str, directory: pathlib.Path, environment: dict) -> subprocess.CompletedProcess:
    """A `run:` as a runner runs it where `shell: bash` holds."""
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=directory, env=environment, capture_output=True, text=True,
    )


def run(
    action: pathlib.Path, repository: pathlib.Path, event_name: str, event: dict, inputs: dict, releases: str = "",
) -> dict:
    """One run; the exit code of the job, the outputs and what was said."""
    definition = yaml.safe_load((action / "action.yml").read_text())
    event_path = WORK / "event.json"
    event_path.write_text(json.dumps(event))
    context = {
        "github": {"event": event, "repository": "ada/bot", "token": "", "event_name": event_name},
        "inputs": {
            name: inputs.get(name, filled(declared.get("default", ""), {"github": {"token": ""}}))
            for name, declared in definition["inputs"].items()
        },
        "steps": {},
    }
    summary = WORK / "summary"
    summary.write_text("")
    said, uses, code = "", [], 0
    for step in definition["runs"]["steps"]:
        if "if" in step and value(step["if"], context) in ("", "false"):
            continue
        if "uses" in step:
            assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", step["uses"]), step["uses"]
            uses.append((step["uses"], {k: filled(v, context) for k, v in step["with"].items()}))
            continue
        assert "${{" not in step["run"], "nothing is put into a script"
        output = WORK / "output"
        output.write_text("")
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(WORK),
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(action),
            "GITHUB_EVENT_NAME": event_name,
            "GITHUB_EVENT_PATH": str(event_path),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_REPOSITORY": "ada/bot",
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_STEP_SUMMARY": str(summary),
            "GITHUB_WORKSPACE": str(repository),
            "RUNNER_OS": "Linux",
            "RUNNER_TEMP": str(WORK / "temp"),
            "RUNNER_TOOL_CACHE": str(WORK / "tools"),
            "KEYFENCE_RELEASES": releases or f"file://{WORK}/releases",
            **{name: filled(text, context) for name, text in step.get("env", {}).items()},
        }
        done = bash(step["run"], repository, environment)
        said += done.stdout + done.stderr
        outputs = dict(line.split("=", 1) for line in output.read_text().splitlines())
        context["steps"][step.get("id", "")] = {"outputs": outputs}
        if done.returncode:
            code = done.returncode
            break
    outputs = {name: filled(declared["value"], context) for name, declared in definition["outputs"].items()}
    return {"code": code, "said": said, "outputs": outputs, "uses": uses, "summary": summary.read_text()}


def git(directory: pathlib.Path, *words: str) -> str:
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(WORK), "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.com",
        "GIT_COMMITTER_NAME": "Bea", "GIT_COMMITTER_EMAIL": "bea@example.com",
    }
    done = subprocess.run(["git", *words], cwd=directory, env=environment, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def plant(word: str) -> str:
    return subprocess.run([sys.executable, TOP / "packaging/tests/plant.py", word], check=True, capture_output=True, text=True).stdout


def hub(leaks: bool):
    """A server's repository with a pull request, and a shallow checkout of its merge."""
    server = pathlib.Path(tempfile.mkdtemp(dir=WORK))
    git(server, "init", "-q", "-b", "main")
    (server / "old.env").write_text(plant("old"))
    git(server, "add", "-A")
    git(server, "commit", "-q", "-m", "an old leak")
    git(server, "switch", "-q", "-c", "topic")
    (server / "bot.py").write_text("print('hello')\n" + (plant("new") if leaks else ""))
    git(server, "add", "-A")
    git(server, "commit", "-q", "-m", "topic")
    head = git(server, "rev-parse", "HEAD")
    git(server, "switch", "-q", "main")
    (server / "main.txt").write_text("1\n")
    git(server, "add", "-A")
    git(server, "commit", "-q", "-m", "main goes on")
    base = git(server, "rev-parse", "HEAD")
    git(server, "merge", "-q", "--no-ff", "-m", "merge", "topic")
    git(server, "update-ref", "refs/pull/1/merge", "HEAD")
    git(server, "reset", "-q", "--hard", base)
    git(server, "config", "uploadpack.allowAnySHA1InWant", "true")
    checkout = pathlib.Path(tempfile.mkdtemp(dir=WORK))
    git(checkout, "init", "-q")
    git(checkout, "remote", "add", "origin", f"file://{server}")
    git(checkout, "fetch", "-q", "--no-tags", "--depth=1", "origin", "+refs/pull/1/merge:refs/remotes/pull/1/merge")
    git(checkout, "checkout", "-q", "--detach", "refs/remotes/pull/1/merge")
    event = {"pull_request": {
        "base": {"sha": base},
        "head": {"sha": head, "repo": {"full_name": "ada/bot"}},
    }}
    return checkout, event


def main() -> None:
    program = pathlib.Path(sys.argv[1]).resolve()
    (WORK / "temp").mkdir()
    # The action as a release has it: its own files, and the checksum that the release step writes.
    action = WORK / "action"
    shutil.copytree(TOP, action, ignore=shutil.ignore_patterns("target", ".git", "fuzz"))
    version = re.search(r'^version = "(.+?)"$', (TOP / "Cargo.toml").read_text(), re.MULTILINE)[1]
    releases = WORK / "releases" / f"v{version}"
    subprocess.run([TOP / "packaging/bundle.sh", TARGET, program, releases], check=True)
    archive = releases / f"keyfence-{TARGET}.tar.gz"
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    with (action / "packaging/action/checksums.txt").open("a") as file:
        file.write(f"{version} {TARGET} {digest}\n")

    checkout, event = hub(leaks=True)
    planted = run(action, checkout, "pull_request", event, {})
    print(planted["said"])
    print("outputs:", planted["outputs"])
    print("then:", planted["uses"])
    assert planted["code"] == 1, planted
    assert planted["outputs"]["mode"] == "diff" and planted["outputs"]["findings"] == "1", planted
    assert "::error file=bot.py,line=3" in planted["said"], planted
    assert "failed, 1 finding" in planted["summary"], planted
    assert list(planted["uses"][0][1]) == ["sarif_file"], planted
    print(f"ok: the planted pull request fails with exit code {planted['code']}\n")

    clean_checkout, clean_event = hub(leaks=False)
    clean = run(action, clean_checkout, "pull_request", clean_event, {})
    print(clean["said"])
    assert clean["code"] == 0 and clean["outputs"]["findings"] == "0", clean
    print("ok: the clean pull request passes; the program came from the tool cache\n")

    event["pull_request"]["head"]["repo"]["full_name"] = "eve/bot"
    fork = run(action, checkout, "pull_request", event, {})
    assert fork["code"] == 1 and not fork["uses"], fork
    print("ok: of a fork nothing is uploaded, and it fails all the same")

    shutil.rmtree(WORK / "tools")
    good = archive.read_bytes()
    archive.write_bytes(good + b"x")
    tampered = run(action, checkout, "pull_request", event, {})
    assert tampered["code"] == 2 and "is the right one" in tampered["said"], tampered
    print("ok: a download with another checksum is not run")
    archive.write_bytes(good)

    tree = run(action, checkout, "schedule", {}, {"fail-on": "none"})
    assert tree["code"] == 0 and tree["outputs"]["mode"] == "tree" and tree["outputs"]["findings"] == "2", tree
    print("ok: on a schedule all files are scanned, and fail-on none passes")
    shutil.rmtree(WORK)


if __name__ == "__main__":
    main()
