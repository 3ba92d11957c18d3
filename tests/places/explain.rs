//! `keyfence explain`: of a finding and of a rule.

use crate::ground::Ground;

#[test]
fn a_finding_that_fails_a_scan() {
    let ground = Ground::begun();
    let pair = ground.plant("x", "bot.env");
    let print = pair.fingerprint();
    for digits in [print.as_str(), &print[..8], &print.to_ascii_uppercase()] {
        let said = ground.keyfence(&["explain", digits]).exit(0);
        said.says("--> bot.env:2:")
            .says("Why it fired")
            .says("context     held by `BINANCE_")
            .says("confidence  ")
            .says("severity    critical: it moves funds")
            .says("verdict     a scan lists it and fails")
            .says("keyfence:allow(binance) REASON")
            .says(&format!("fingerprint = \"{print}\""))
            .says("What to do now")
            .says("  1. ");
    }
}

#[test]
fn a_finding_that_is_silenced_says_by_what() {
    let ground = Ground::begun();
    let pair = ground.pair("x");
    ground.write(
        "bot.env",
        pair.dotenv()
            .replace('\n', " # keyfence:allow(binance) closed\n"),
    );
    let explain = || ground.keyfence(&["explain", &pair.fingerprint()]).exit(0);
    explain().says("silenced here by inline: `keyfence:allow`: closed");
    ground.write("bot.env", pair.dotenv());
    ground.write("keyfence.toml", "exclude-rules = [\"binance\"]\n");
    explain().says("its rule does not run here");
    ground.write(
        "keyfence.toml",
        "[[exclude]]\npath = \"*.env\"\nreason = \"samples\"\n",
    );
    explain().says("silenced here by path: samples");
    std::fs::remove_file(ground.path("keyfence.toml")).unwrap();
    ground.keyfence(&["baseline"]).exit(0);
    ground.write("keyfence.toml", "baseline = [\"keyfence.baseline\"]\n");
    explain().says("silenced here by baseline: keyfence.baseline");
}

#[test]
fn what_only_the_index_or_the_history_holds() {
    let ground = Ground::begun();
    let pair = ground.plant("x", "bot.env");
    ground.git(&["add", "-A"]);
    std::fs::remove_file(ground.path("bot.env")).unwrap();
    ground
        .keyfence(&["explain", &pair.fingerprint()])
        .exit(0)
        .says("bot.env:2:20 in the index");
    ground.git(&["-c", "core.hooksPath=/dev/null", "commit", "-q", "-m", "x"]);
    ground.git(&["rm", "-q", "--cached", "bot.env"]);
    ground.commit("gone");
    ground
        .keyfence(&["explain", &pair.fingerprint()])
        .exit(2)
        .says("--history");
    ground
        .keyfence(&["explain", "--history", &pair.fingerprint()])
        .exit(0)
        .says("exposed:")
        .says("keyfence.toml: [[ignore]]")
        .says("keyfence baseline --history")
        .says_nothing_of("a comment:");
}

#[test]
fn a_rule_and_what_is_neither() {
    let ground = Ground::begun();
    let said = ground.keyfence(&["explain", "bybit"]).exit(0);
    said.says("bybit: Bybit")
        .says("when leaked:")
        .says("keyfence:allow(bybit) REASON");
    ground
        .keyfence(&["explain", "bybitt"])
        .exit(2)
        .says("did you mean `bybit`?");
    ground
        .keyfence(&["explain", "abc"])
        .exit(2)
        .says("neither a rule nor a fingerprint");
}
