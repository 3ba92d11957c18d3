"""Runs the steps of the workflow `release` that can run on this machine, in their order, with what GitHub gives them, and
uses what they made as users would: the archive through the Action's own steps from a server on this machine, the
wheel by pip. What the steps would tell the outside world is written down instead and looked at.

    python packaging/tests/release.py

Needs PyYAML, and maturin and musl-gcc in PATH. CARGO_TARGET_DIR saves building anew. Other targets than this machine's,
and steps that use another action, are not run, but said.
"""

import functools
import hashlib
import http.server
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import threading
import tomllib
import zipfile

import action
import yaml

TOP, WORK, TARGET = action.TOP, action.WORK, action.TARGET
WORKFLOW = yaml.safe_load((TOP / ".github/workflows/release.yml").read_text())
MANIFEST = tomllib.loads((TOP / "Cargo.toml").read_text())["package"]
VERSION = MANIFEST["version"]

# What would change this machine, or tell the world: written down with its words. `cargo publish` makes its package.
STAND_INS = {
    "sudo": "",
    "pipx": "",
    "gh": "",
    "uv": "",
    "cargo": """[ "${1:-}" = publish ] || exec "$REAL_CARGO" "$@"
shift
exec "$REAL_CARGO" package --no-verify "$@"
""",
}


def checkout(name: str, origin: pathlib.Path, ref: str = "main") -> pathlib.Path:
    """What actions/checkout leaves: the commit, detached, and no credentials."""
    directory = WORK / name
    action.git(WORK, "clone", "-q", "--branch", ref, f"file://{origin}", name)
    action.git(directory, "checkout", "-q", "--detach")
    return directory


def job(name: str, directory: pathlib.Path, matrix: dict, tools: pathlib.Path) -> list[str]:
    """Runs a job's own steps; the actions that it uses besides are given back."""
    said, variables, uses = "", {}, []
    definition = WORKFLOW["jobs"][name]
    context = {"matrix": matrix, "github": {"token": "TOKEN"}, "steps": {}}
    common = {key: action.filled(text, context) for key, text in definition.get("env", {}).items()}
    for step in definition["steps"]:
        if "uses" in step:
            assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", step["uses"]), step["uses"]
            uses.append(step["uses"].split("@")[0])
            continue
        condition = step.get("if", "true")
        if match := re.fullmatch(r"endsWith\(matrix\.target, '(\w+)'\)", condition):
            condition = str(matrix["target"].endswith(match[1])).lower()
        assert condition in ("true", "false"), condition
        if condition == "false":
            continue
        assert "${{" not in step["run"], "nothing is put into a script"
        changes = WORK / "github-env"
        changes.write_text("")
        environment = {
            **{key: text for key, text in os.environ.items() if re.match(r"PATH|CARGO|RUST|PIP|SSL|.*_CERTS?$|CURL", key)},
            "PATH": f"{tools}:{os.environ['PATH']}",
            "HOME": str(WORK / "home"),
            "RUSTUP_HOME": os.environ.get("RUSTUP_HOME", os.path.expanduser("~/.rustup")),
            "CARGO_HOME": os.environ.get("CARGO_HOME", os.path.expanduser("~/.cargo")),
            "REAL_CARGO": shutil.which("cargo"),
            "CALLS": str(WORK / "calls"),
            "CI": "true", "GITHUB_ACTIONS": "true", "RUNNER_OS": "Linux",
            "GITHUB_ENV": str(changes), "GITHUB_REF_NAME": "main", "GITHUB_WORKSPACE": str(directory),
            **variables, **common,
            **{key: action.filled(text, context) for key, text in step.get("env", {}).items()},
        }
        print(f"$ {step.get('name', step['run'].strip().splitlines()[0])}", flush=True)
        done = action.bash(step["run"], directory, environment)
        said = done.stdout + done.stderr
        if done.returncode:
            sys.exit(f"WRONG: the step failed with exit code {done.returncode}:\n{step['run']}\n{said}")
        variables.update(line.split("=", 1) for line in changes.read_text().splitlines())
    return uses


def names() -> None:
    """What asks for the files of a release asks for those that it has."""
    targets = {entry["target"] for entry in WORKFLOW["jobs"]["build"]["strategy"]["matrix"]["include"]}
    install = (TOP / "packaging/action/install.sh").read_text()
    asked = set(re.findall(r"target=(\w+-[\w-]+)", install))
    assert asked == targets, (asked, targets)
    binstall = MANIFEST["metadata"]["binstall"]
    wanted = {target: binstall for target in targets} | binstall["overrides"]
    for target, entry in wanted.items():
        fill = {
            " ": "", "{repo}": MANIFEST["repository"], "{name}": "keyfence", "{version}": VERSION, "{target}": target,
            "{bin}": "keyfence", "{binary-ext}": ".exe" if "windows" in target else "",
        }
        url, program = entry["pkg-url"], entry["bin-dir"]
        for name, value in fill.items():
            url, program = url.replace(name, value), program.replace(name, value)
        base = f"{MANIFEST['repository']}/releases/download/v{VERSION}/keyfence-"
        assert url.startswith(base) and url.removeprefix(base).removesuffix(".tar.gz") in targets, url
        archive = url.rsplit("/", 1)[1].removesuffix(".tar.gz")
        assert program == f"{archive}/keyfence{fill['{binary-ext}']}", program
    print(f"ok: the Action and cargo binstall ask for the archives of the {len(targets)} targets, and no others")


def made(dist: pathlib.Path) -> tuple[pathlib.Path, pathlib.Path]:
    """The archive and the wheel, and what must be in them."""
    (archive,), (wheel,) = dist.glob("*.tar.gz"), dist.glob("*.whl")
    assert archive.name == f"keyfence-{TARGET}.tar.gz", archive
    with tarfile.open(archive) as tar:
        inside = set(tar.getnames())
        program = tar.getmember(f"keyfence-{TARGET}/keyfence")
        assert program.mode == 0o755, program
        for page in ("man/man1/keyfence.1", "man/man1/keyfence-scan.1", "bash-completion/completions/keyfence"):
            assert f"keyfence-{TARGET}/share/{page}" in inside, page
        assert f"keyfence-{TARGET}/LICENSE-MIT" in inside
    # pip takes it on glibc and on musl.
    assert "-py3-none-manylinux" in wheel.name and ".musllinux_1_2_" in wheel.name, wheel
    with zipfile.ZipFile(wheel) as zipped:
        metadata = zipped.read(f"keyfence-{VERSION}.dist-info/METADATA").decode()
    assert f"\nName: keyfence\nVersion: {VERSION}\n" in metadata, metadata[:200]
    requires = subprocess.run(
        [sys.executable, "-c", "import runpy, setuptools\n"
         "setuptools.setup = lambda **words: print(words['install_requires'])\nrunpy.run_path('setup.py')"],
        cwd=TOP, check=True, capture_output=True, text=True,
    )
    assert requires.stdout.strip() == f"['keyfence=={VERSION}']", requires
    print(f"ok: {archive.name} ({archive.stat().st_size} bytes), {wheel.name} ({wheel.stat().st_size} bytes)")
    return archive, wheel


def published(origin: pathlib.Path, publish: pathlib.Path, archive: pathlib.Path) -> pathlib.Path:
    """The tag, its checksums, and what the outside world was told; the Action as the tag has it."""
    tag = f"v{VERSION}"
    assert action.git(origin, "rev-parse", f"{tag}^{{commit}}^") == action.git(origin, "rev-parse", "main"), "one commit"
    changed = action.git(origin, "diff", "--name-only", "main", tag)
    assert changed == "packaging/action/checksums.txt", changed
    line = f"{VERSION} {TARGET} {hashlib.sha256(archive.read_bytes()).hexdigest()}"
    assert line in action.git(origin, "show", f"{tag}:packaging/action/checksums.txt").splitlines()
    subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=publish / "dist", check=True, capture_output=True)
    calls = (WORK / "calls").read_text().splitlines()
    order = [call for call in calls if call.split()[0] in ("gh", "uv") or call.startswith("cargo publish")]
    print("    " + "\n    ".join(order))
    begins = ["gh auth setup-git", f"gh release create {tag} --verify-tag --draft", "uv publish", "cargo publish",
              f"gh release edit {tag} --draft=false", "gh pr create"]
    assert len(order) == len(begins) and all(map(str.startswith, order, begins)), order
    for name in (archive.name, "SHA256SUMS"):
        assert f" dist/{name}" in order[1], order[1]
    (crate,) = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", publish / "target")).glob(f"package/keyfence-{VERSION}.crate")
    with tarfile.open(crate) as tar:
        inside = [name.split("/", 1)[1] for name in tar.getnames()]
    for name in ("Cargo.lock", "LICENSE-MIT", "README.md", "build.rs", "rules/exchange/bybit.toml", "src/main.rs"):
        assert name in inside, name
    places = {name.split("/")[0] for name in inside if "/" in name}
    assert places == {"docs", "rules", "src"} and not any(name.startswith("docs/rules/") for name in inside), places
    assert crate.stat().st_size < 10 << 20, "crates.io takes 10 MB"
    print(f"ok: tag {tag}, one commit above main; the crate has {len(inside)} files, {crate.stat().st_size} bytes")
    return checkout("tagged", origin, tag)


def main() -> None:
    names()
    (WORK / "temp").mkdir()
    (WORK / "home").mkdir()
    tools = WORK / "stand-ins"
    tools.mkdir()
    for name, rest in STAND_INS.items():
        (tools / name).write_text(f'#!/usr/bin/env bash\necho "{name} $*" >>"$CALLS"\n{rest}')
        (tools / name).chmod(0o755)
    # This repository as it is now, what is not committed included, on a server's main.
    origin, now = WORK / "origin.git", WORK / "now"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=TOP, check=True, capture_output=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (TOP / name).is_file():
            (now / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(TOP / name, now / name)
    action.git(now, "init", "-q", "-b", "main")
    action.git(now, "add", "-A")
    action.git(now, "commit", "-q", "-m", "now")
    action.git(WORK, "clone", "-q", "--bare", f"file://{now}", "origin.git")

    matrix = next(one for one in WORKFLOW["jobs"]["build"]["strategy"]["matrix"]["include"] if one["target"] == TARGET)
    build = checkout("build", origin)
    if kept := os.environ.get("CARGO_TARGET_DIR"):
        # The steps look for what they built where cargo puts it by itself.
        (build / "target").symlink_to(pathlib.Path(kept).resolve())
    print(f"job build, {matrix}")
    uses = job("build", build, matrix, tools)
    archive, wheel = made(build / "dist")
    publish = checkout("publish", origin)
    # As upload-artifact and download-artifact bring it there.
    shutil.copytree(build / "dist", publish / "dist")
    print("job publish")
    uses += job("publish", publish, {}, tools)
    print("not run, since they are actions: " + ", ".join(sorted(set(uses))))
    tagged = published(origin, publish, archive)

    # The Action of that tag, whose release a server on this machine has.
    served = WORK / "served" / f"v{VERSION}"
    served.mkdir(parents=True)
    shutil.copy2(archive, served)
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(served.parent))
    handler.func.log_message = lambda *_: None
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    releases = f"http://127.0.0.1:{server.server_port}"
    for leaks, code in ((True, 1), (False, 0)):
        repository, event = action.hub(leaks=leaks)
        ran = action.run(tagged, repository, "pull_request", event, {}, releases)
        assert ran["code"] == code, ran
        assert str(WORK / "tools") in ran["outputs"]["binary"] and "built from source" not in ran["said"], ran
    print("ok: the tag's Action installs the release over HTTP; a planted pull request fails, a clean one passes")
    shutil.rmtree(WORK / "tools")
    (served / archive.name).write_bytes(archive.read_bytes() + b"x")
    tampered = action.run(tagged, repository, "pull_request", event, {}, releases)
    assert tampered["code"] == 2 and "is the right one" in tampered["said"], tampered
    print("ok: an archive that is not the one of the tag's checksum is not run")
    server.shutdown()

    venv = WORK / "venv"
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    subprocess.run([venv / "bin/pip", "install", "--quiet", "--no-index", wheel], check=True)
    version = subprocess.run([venv / "bin/keyfence", "--version"], check=True, capture_output=True, text=True).stdout
    assert version.strip() == f"keyfence {VERSION}", version
    print(f"ok: pip installs the wheel: {version.strip()}")
    # The same content makes the same archive.
    again = WORK / "again"
    program = venv / "bin/keyfence"
    for directory in (again / "1", again / "2"):
        subprocess.run([TOP / "packaging/bundle.sh", TARGET, program, directory], check=True)
    one, two = ((again / name / archive.name).read_bytes() for name in "12")
    assert one == two, "two archives of the same content differ"
    print("ok: the same content makes the same archive")
    shutil.rmtree(WORK)


if __name__ == "__main__":
    main()
