//! Files that change while they are read.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::case::{Case, Run};
use crate::planted::Pair;

/// Scans while something happens to `large.txt` again and again.
fn during(case: &Case, change: impl Fn(&std::path::Path, u64) + Sync) -> Run {
    let path = case.root().join("large.txt");
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut round = 0;
            while !done.load(Ordering::Relaxed) {
                change(&path, round);
                round += 1;
                std::thread::sleep(Duration::from_millis(2));
            }
        });
        let run = case.scan();
        done.store(true, Ordering::Relaxed);
        run
    })
}

fn case() -> (Case, Pair) {
    let case = Case::new();
    let pair = Pair::new("race");
    case.write("zz/a.env", pair.dotenv());
    case.write("large.txt", vec![b'x'; 30_000_000]);
    (case, pair)
}

#[test]
fn a_file_is_truncated() {
    let (case, pair) = case();
    let run = during(&case, |path, round| {
        let file = OpenOptions::new().write(true).open(path).unwrap();
        file.set_len(if round % 2 == 0 { 10_000 } else { 30_000_000 })
            .unwrap();
    });
    run.found(&pair, "zz/a.env", 2).clean();
}

#[test]
fn a_file_goes_and_comes() {
    let (case, pair) = case();
    let run = during(&case, |path, round| {
        if round % 2 == 0 {
            _ = std::fs::remove_file(path);
        } else {
            File::create(path)
                .unwrap()
                .write_all(&[b'y'; 1_000_000])
                .unwrap();
        }
    });
    run.found(&pair, "zz/a.env", 2).clean();
}

#[test]
fn a_file_grows_without_end() {
    let (case, pair) = case();
    let run = during(&case, |path, round| {
        // Not for ever: the disk is ours.
        if round < 500 {
            let mut file = OpenOptions::new().append(true).open(path).unwrap();
            file.write_all(&[b'z'; 1_000_000]).unwrap();
        }
    });
    run.found(&pair, "zz/a.env", 2).clean();
}

#[test]
fn directories_become_links_and_files() {
    let (case, pair) = case();
    let outside = Pair::new("outside");
    std::fs::create_dir(case.beside().join("out")).unwrap();
    std::fs::write(case.beside().join("out/a.env"), outside.dotenv()).unwrap();
    for n in 0..200 {
        case.write(format!("many/{n}/b.env"), "x\n");
    }
    let many = case.root().join("many");
    let run = during(&case, |_, round| {
        let dir = many.join((round % 200).to_string());
        _ = std::fs::remove_dir_all(&dir);
        _ = std::os::unix::fs::symlink("../../../out", &dir);
    });
    run.found(&pair, "zz/a.env", 2).clean();
    assert!(run.places(&outside.fingerprint()).is_empty(), "{run}");
}

#[cfg(target_os = "linux")] // elsewhere the system has no call for it
#[test]
fn a_directory_that_is_swapped_for_a_link_leads_nowhere() {
    let (case, pair) = case();
    let outside = Pair::new("outside");
    let out = case.beside().join("out");
    std::fs::create_dir(&out).unwrap();
    std::fs::write(out.join("a.env"), outside.dotenv()).unwrap();
    for n in 0..300 {
        case.write(format!("many/{n}/b.env"), "x\n");
    }
    let (many, kept) = (case.root().join("many"), case.beside().join("kept"));
    for _ in 0..5 {
        let run = during(&case, |_, _| {
            for n in 0..300 {
                let dir = many.join(n.to_string());
                _ = std::fs::rename(&dir, &kept);
                _ = std::os::unix::fs::symlink(&out, &dir);
                _ = std::fs::remove_file(&dir);
                _ = std::fs::rename(&kept, &dir);
            }
        });
        run.found(&pair, "zz/a.env", 2).clean();
        assert!(run.places(&outside.fingerprint()).is_empty(), "{run}");
    }
}
