"""pre-commit and prek install this repository as a Python package: it brings the wheel of its own version, a
program that needs no Python at run time and no Rust to install. The wheel is built from packaging/pypi."""

import pathlib
import re

from setuptools import setup

manifest = pathlib.Path(__file__).with_name("Cargo.toml").read_text(encoding="utf-8")
version = re.search(r'^version = "(.+?)"$', manifest, re.MULTILINE).group(1)

setup(
    name="keyfence-hooks",
    version=version,
    description="The hooks of keyfence for pre-commit",
    install_requires=[f"keyfence=={version}"],
    packages=[],
    py_modules=[],
)
