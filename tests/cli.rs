//! The command line, case by case: each file in `tests/cmd` is one run of the program, with its
//! arguments, its input, what it says and its exit code. `TRYCMD=overwrite cargo test --test cli`
//! writes what it says now.

#[test]
fn cases() {
    let cases = trycmd::TestCases::new();
    for (name, value) in [("NO_COLOR", "1"), ("COLUMNS", "100")] {
        cases.env(name, value);
    }
    if cfg!(not(target_os = "linux")) {
        cases.skip("tests/cmd/full-disk.toml"); // the only one with a device that is always full
    }
    if cfg!(windows) {
        cases.skip("tests/cmd/replace-text-*.toml"); // nothing there is readable by one user alone
    }
    cases.case("tests/cmd/*.toml").case("tests/cmd/*.md");
}
