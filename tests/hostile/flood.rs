//! Floods: content made to cost more than its size. Doubling it must not cost more than about
//! twice the time, no size may take long, and memory stays bounded.
//!
//! The sizes suit a debug build. `KEYFENCE_FLOOD=10` makes them ten times as large.
#![cfg(target_os = "linux")]

use std::fs;
use std::process::Stdio;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

use crate::case::{Case, keyfence};
use crate::random::{ALNUM, BASE58, HEX, Random};

/// The most memory for any single input.
const MEMORY: u64 = 256 << 20;
/// The most that twice the content may cost, as a multiple.
const TWICE: f64 = 2.5;
/// The size of the last step, which is tried when the ones before it are too dear.
const LARGEST: usize = 800;
/// Times below it are noise.
const NOISE: Duration = Duration::from_millis(150);
const LONG: Duration = Duration::from_secs(30);

/// What a scan cost.
struct Cost {
    cpu: Duration,
    memory: u64,
}

fn cost(case: &Case) -> Cost {
    let mut child = keyfence()
        .current_dir(case.root())
        .args([
            "scan",
            "-j",
            "1",
            "-q",
            "--isolated",
            "-f",
            "json",
            "--min-confidence",
            "possible",
        ])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let id = Pid::from_child(&child);
    let status = format!("/proc/{}/status", child.id());
    let mut memory = 0;
    let began = std::time::Instant::now();
    loop {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let peak = text.lines().find_map(|line| {
            let line = line.strip_prefix("VmHWM:")?;
            line.trim().strip_suffix(" kB")?.parse::<u64>().ok()
        });
        memory = memory.max(peak.unwrap_or(0) << 10);
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        if waitid(WaitId::Pid(id), options).unwrap().is_some() {
            break;
        }
        if began.elapsed() > LONG * 4 {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("the scan did not end");
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    // Its times are kept until somebody asks for its end: fields 14 and 15, behind the name.
    let stat = fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap();
    let ticks: u64 = stat[stat.rfind(')').unwrap()..]
        .split(' ')
        .skip(12)
        .take(2)
        .map(|field| field.parse::<u64>().unwrap())
        .sum();
    let code = child.wait().unwrap().code();
    assert!(matches!(code, Some(0 | 1)), "{code:?}");
    Cost {
        cpu: Duration::from_millis(ticks * 10),
        memory,
    }
}

/// Checks floods one by one; each makes the content from a size that stands for about a
/// kilobyte.
fn floods(floods: &[(&str, &dyn Fn(usize) -> String)]) {
    let scale: usize = std::env::var("KEYFENCE_FLOOD")
        .ok()
        .and_then(|scale| scale.parse().ok())
        .unwrap_or(1);
    let mut failures = Vec::new();
    for (name, make) in floods {
        let measured = |size: usize| cost(&Case::of("flood.txt", make(size * scale)));
        let mut size = 200;
        let mut once = measured(size);
        let (twice, most) = loop {
            let twice = measured(size * 2);
            let most = once.cpu.mul_f64(TWICE) + NOISE;
            // A core that is shared with other work, or a short cut that only the smaller text could take, makes one
            // step dear. What is dear in itself is so at each step.
            if twice.cpu <= most || size == LARGEST {
                break (twice, most);
            }
            size *= 2;
            once = twice;
        };
        let told = format!(
            "{name}: {:?}, then {:?}; {} MB",
            once.cpu,
            twice.cpu,
            twice.memory >> 20
        );
        if twice.cpu > most || twice.cpu > LONG || twice.memory > MEMORY {
            failures.push(told);
        } else {
            eprintln!("{told}");
        }
    }
    assert!(failures.is_empty(), "too dear: {failures:#?}");
}

/// So many lines, each made anew.
fn lines(count: usize, mut line: impl FnMut(&mut Random) -> String) -> String {
    let mut random = Random::new("flood");
    (0..count).map(|_| line(&mut random) + "\n").collect()
}

fn on_one_line(text: &str) -> String {
    text.replace('\n', ",")
}

fn binance(random: &mut Random) -> String {
    format!("BINANCE_SECRET=\"{}\"", random.text(ALNUM, 64))
}

#[test]
fn one_sign_again_and_again() {
    for sign in [
        "\"",
        "'\"`",
        "(",
        "{",
        "[",
        "(((((]]]]]",
        "\\",
        "\\\"",
        "%2F",
        "%",
        ".",
        "-",
        "_",
        ":",
        "=",
        ",",
        " ",
        "\t",
        "\n",
        "\r",
        "<",
        "<a>",
        "</",
        "{{",
        "${",
        "/",
        "//",
        "\0",
        "\u{e9}",
        "\u{feff}",
        "-----BEGIN ",
        "0",
        "a",
        "\\u002F",
        "\\x2f",
        "eyJ",
        "0x",
        "| ",
        "# ",
        "@",
        "://",
    ] {
        floods(&[(sign, &|size| sign.repeat(size * 1024 / sign.len()))]);
    }
}

#[test]
fn headers_and_keywords() {
    let begin = "-----BEGIN RSA PRIVATE KEY-----";
    floods(&[
        ("headers", &|size| format!("{begin}\n").repeat(size * 32)),
        ("headers on one line", &|size| begin.repeat(size * 32)),
        ("headers and bodies", &|size| {
            lines(size * 10, |r| format!("{begin}\n{}", r.text(ALNUM, 64)))
        }),
        ("headers of all kinds", &|size| {
            lines(size * 12, |r| {
                let kind = *r.pick(&["", "EC ", "OPENSSH ", "PGP ", "ENCRYPTED ", "x "]);
                format!("-----BEGIN {kind}PRIVATE KEY-----\n{}", r.text(ALNUM, 30))
            })
        }),
        ("ends", &|size| {
            "-----END RSA PRIVATE KEY-----\n".repeat(size * 32)
        }),
        ("keywords", &|size| {
            "binance api_key secret ".repeat(size * 44)
        }),
        ("keywords in lines", &|size| {
            "binance_api_key = \n".repeat(size * 52)
        }),
        ("words of seed phrases", &|size| {
            lines(size * 17, |r| {
                (0..10)
                    .map(|_| *r.pick(&["abandon", "ability", "able", "zoo", "wrap"]))
                    .collect::<Vec<_>>()
                    .join(" ")
            })
        }),
        ("one word in each line", &|size| {
            lines(size * 150, |r| {
                (*r.pick(&["abandon", "ability", "zoo"])).to_owned()
            })
        }),
    ]);
}

#[test]
fn tokens_and_base64() {
    floods(&[
        ("base64", &|size| {
            STANDARD.encode(Random::new("b").bytes(size * 768))
        }),
        ("base64 in lines", &|size| {
            lines(size * 13, |r| STANDARD.encode(r.bytes(57)))
        }),
        ("text in base64", &|size| {
            lines(size * 8, |r| format!("x: {}", STANDARD.encode(binance(r))))
        }),
        ("tokens", &|size| {
            on_one_line(&lines(size * 15, |r| r.text(ALNUM, 64)))
        }),
        ("tokens after one word", &|size| {
            format!("binance\n{}", lines(size * 15, |r| r.text(ALNUM, 64)))
        }),
        ("tokens after one word, on one line", &|size| {
            format!(
                "binance {}",
                on_one_line(&lines(size * 15, |r| r.text(ALNUM, 64)))
            )
        }),
        ("hex after one word", &|size| {
            format!(
                "gate kraken bybit\n{}",
                lines(size * 15, |r| r.text(HEX, 64))
            )
        }),
        ("tokens after many words", &|size| {
            "binance kraken okx bybit gate\n".repeat(size * 10)
                + &lines(size * 10, |r| r.text(ALNUM, 64))
        }),
        ("tokens among words", &|size| {
            lines(size * 10, |r| {
                format!("bybit gate okx mexc\nx: {}", r.text(HEX, 64))
            })
        }),
        ("base58", &|size| {
            lines(size * 18, |r| format!("5K{}", r.text(BASE58, 49)))
        }),
        ("tokens with a prefix", &|size| {
            lines(size * 20, |r| {
                format!("t: 'ghp{}{}'", "_", r.text(ALNUM, 36))
            })
        }),
        ("numbers", &|size| {
            on_one_line(&lines(size * 50, |r| format!("0.{}", r.next())))
        }),
        ("bytes", &|size| {
            on_one_line(&lines(size * 256, |r| (r.next() % 256).to_string()))
        }),
    ]);
}

#[test]
fn credentials_without_end() {
    floods(&[
        ("in lines", &|size| lines(size * 6, binance)),
        ("on one line", &|size| {
            on_one_line(&lines(size * 6, binance))
        }),
        ("one again and again", &|size| {
            (binance(&mut Random::new("one")) + "\n").repeat(size * 6)
        }),
        ("pairs", &|size| {
            lines(size * 3, |r| {
                format!(
                    "BINANCE_API_KEY={}\nBINANCE_SECRET={}\n",
                    r.text(ALNUM, 64),
                    r.text(ALNUM, 64)
                )
            })
        }),
        ("with passphrases", &|size| {
            lines(size * 4, |r| {
                format!(
                    "OKX_API_KEY={}\nOKX_SECRET={}\nOKX_PASSPHRASE={}\n",
                    r.uuid(),
                    r.text("0123456789ABCDEF", 32),
                    r.text(ALNUM, 12)
                )
            })
        }),
        ("with passphrases, escaped on one line", &|size| {
            on_one_line(&lines(size * 4, |r| {
                format!(
                    r#""{{\"okx\":{{\"key\":\"{}\",\"secret\":\"{}\",\"passphrase\":\"{}\"}}}}""#,
                    r.uuid(),
                    r.text("0123456789ABCDEF", 32),
                    r.text(ALNUM, 12)
                )
            }))
        }),
        ("passwords", &|size| {
            lines(size * 20, |r| {
                format!("db_password = \"{}\"", r.text(ALNUM, 20))
            })
        }),
        ("passwords on one line", &|size| {
            on_one_line(&lines(size * 20, |r| {
                format!("password=\"{}\"", r.text(ALNUM, 20))
            }))
        }),
        ("allowed", &|size| {
            lines(size * 5, |r| format!("{} # keyfence:allow", binance(r)))
        }),
        ("URLs", &|size| {
            lines(size * 10, |r| {
                format!(
                    "https://u:{}@h.example.org/?api_key={}",
                    r.text(ALNUM, 20),
                    r.text(ALNUM, 32)
                )
            })
        }),
        ("percent codes", &|size| {
            lines(size * 10, |r| {
                format!("binance_secret%3D{}%26", r.text(ALNUM, 64))
            })
        }),
        ("assignments on one line", &|size| {
            on_one_line(&lines(size * 25, |r| {
                format!("a=\"{}\"", r.text(ALNUM, 32))
            }))
        }),
        ("rows", &|size| {
            format!(
                "exchange,key,secret\n{}",
                lines(size * 4, |r| format!(
                    "binance,{},{}",
                    r.text(ALNUM, 64),
                    r.text(ALNUM, 64)
                ))
            )
        }),
        ("keys in armour", &|size| {
            (0..size as u64)
                .filter_map(|seed| keyfence::prove::forge("pem-private-key", seed % 50))
                .collect()
        }),
    ]);
}

#[test]
fn credentials_in_brackets_and_blanks() {
    let around = |before: &'static str, times: usize, count: usize| {
        move |size: usize| lines(size * count / 10, |r| before.repeat(times) + &binance(r))
    };
    floods(&[
        ("open parentheses", &around("(", 200, 30)),
        ("open braces on one line", &|size| {
            on_one_line(&around("{", 200, 30)(size))
        }),
        ("mixed brackets", &around(")]}([{", 100, 10)),
        ("blanks", &around(" ", 3000, 3)),
        ("line ends", &around("\n", 3000, 3)),
        ("quotes", &around("\"'", 500, 10)),
        ("escapes", &around("\\", 1000, 10)),
        ("commas", &around(",", 1000, 10)),
        ("colons", &around(":", 1000, 10)),
        ("tags", &around("<binance>", 100, 10)),
        ("dots", &around(".", 1000, 10)),
        ("names", &around("a", 1000, 10)),
        ("comments", &around("# binance secret\n", 50, 10)),
        ("steps", &|size| {
            let mut at = 0;
            lines(size * 10, |r| {
                at = (at + 1) % 100;
                format!("{}binance{at}: {}", " ".repeat(at), r.text(ALNUM, 64))
            })
        }),
    ]);
}
