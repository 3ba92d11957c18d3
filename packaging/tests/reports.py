"""Validates real reports by the published schemas with other validators than `cargo test` uses (lxml, Python's
jsonschema): reports.py KEYFENCE

The schema of SARIF 2.1.0 is the one that the crate serde-sarif brings; cargo says where it is.
"""

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


def sarif_schema() -> dict:
    words = ["cargo", "metadata", "--locked", "--format-version=1", "--manifest-path", TOP / "Cargo.toml"]
    metadata = json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)
    (crate,) = (package for package in metadata["packages"] if package["name"] == "serde-sarif")
    schema = json.loads((pathlib.Path(crate["manifest_path"]).parent / "src/schema.json").read_text())
    assert "sarif-schema-2.1.0" in schema["id" if "id" in schema else "$id"], "it is another schema"
    return schema



with tempfile.TemporaryDirectory() as name:
    work = pathlib.Path(name)
    tree = work / "tree"
    tree.mkdir()
    for word in ("one", "my file", "three & <four>"):
        planted = subprocess.run([sys.executable, TOP / "packaging/tests/plant.py", word], check=True, capture_output=True, text=True)
        (tree / f"{word}.env").write_text(planted.stdout)
    formats = ("sarif", "gitlab", "codeclimate", "junit")
    words = [word for format in formats for word in ("--format", f"{format}={work / format}")]
    done = subprocess.run([program, "scan", *words], cwd=tree, capture_output=True, text=True)
    assert done.returncode == 1, done
    schema, log = sarif_schema(), json.loads((work / "sarif").read_text())
    sarif = jsonschema.validators.validator_for(schema, jsonschema.Draft7Validator)(schema)
    assert not sarif.is_valid({"version": "2.1.0"}), "the schema must be able to refuse"
    sarif.validate(log)
    results = len(log["runs"][0]["results"])
    jsonschema.Draft7Validator(json.loads((SCHEMAS / "gitlab-secret-detection.json").read_text())).validate(json.loads((work / "gitlab").read_text()))
    issue = jsonschema.Draft7Validator(json.loads((SCHEMAS / "gitlab-codeclimate.json").read_text()))
    issues = json.loads((work / "codeclimate").read_text())
    for one in issues:
        issue.validate(one)
    etree.XMLSchema(etree.parse(SCHEMAS / "junit.xsd")).assertValid(etree.parse(work / "junit"))
    print(f"sarif: {results} results, valid; gitlab: valid; codeclimate: {len(issues)} issues, valid; junit: valid (lxml {etree.LXML_VERSION})")
