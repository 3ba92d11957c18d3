//! The command line, case by case: each file in `tests/cmd` is one run of the program, with its
//! arguments, its input, what it says and its exit code. `TRYCMD=overwrite cargo test --test cli`
//! writes what it says now.

#[test]
fn cases() {
    let cases = trycmd::TestCases::new();
    for (name, value) in [("NO_COLOR", "1"), ("COLUMNS", "100")] {
        cases.env(name, value);
    }
    cases.case("tests/cmd/*.toml").case("tests/cmd/*.md");
    // The only system with a device that is always full.
    if cfg!(not(target_os = "linux")) {
        cases.skip("tests/cmd/full-disk.toml");
    }
    // Other devices, the system's own words, and files that nobody else may read.
    if cfg!(windows) {
        cases
            .skip("tests/cmd/config-missing.toml")
            .skip("tests/cmd/replace-text-*.toml")
            .skip("tests/cmd/rules-docs-not-a-directory.toml");
    }
}
