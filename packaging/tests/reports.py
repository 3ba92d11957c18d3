"""Validates real reports by the published schemas with other validators than `cargo test` uses (lxml, Python's
jsonschema): reports.py KEYFENCE"""

import json
import pathlib
import subprocess
import sys
import tempfile

import jsonschema
from lxml import etree

TOP = pathlib.Path(__file__).resolve().parents[2]
SCHEMAS = TOP / "tests/schemas"
program = pathlib.Path(sys.argv[1]).resolve()

with tempfile.TemporaryDirectory() as name:
    work = pathlib.Path(name)
    tree = work / "tree"
    tree.mkdir()
    for word in ("one", "my file", "three & <four>"):
        planted = subprocess.run([sys.executable, TOP / "packaging/tests/plant.py", word], check=True, capture_output=True, text=True)
        (tree / f"{word}.env").write_text(planted.stdout)
    formats = ("gitlab", "codeclimate", "junit")
    words = [word for format in formats for word in ("--format", f"{format}={work / format}")]
    done = subprocess.run([program, "scan", *words], cwd=tree, capture_output=True, text=True)
    assert done.returncode == 1, done
    jsonschema.Draft7Validator(json.loads((SCHEMAS / "gitlab-secret-detection.json").read_text())).validate(json.loads((work / "gitlab").read_text()))
    issue = jsonschema.Draft7Validator(json.loads((SCHEMAS / "gitlab-codeclimate.json").read_text()))
    issues = json.loads((work / "codeclimate").read_text())
    for one in issues:
        issue.validate(one)
    etree.XMLSchema(etree.parse(SCHEMAS / "junit.xsd")).assertValid(etree.parse(work / "junit"))
    print(f"gitlab: valid; codeclimate: {len(issues)} issues, valid; junit: valid (lxml {etree.LXML_VERSION})")
