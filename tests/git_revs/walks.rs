//! Walks over histories in memory, against plain reachability.

use std::collections::{BTreeSet, HashMap};

use keyfence::git::revs::Range;

use super::made::{CLOCKS, Clock, Dice, Memory, history, id};

fn range(tips: &[usize], excluded: &[usize]) -> Range {
    Range {
        tips: tips.iter().map(|own| id(*own)).collect(),
        excluded: excluded.iter().map(|own| id(*own)).collect(),
        ..Range::default()
    }
}

#[test]
fn ranges_are_what_reachability_says() {
    let mut dice = Dice(1);
    let mut lied = 0;
    for round in 0..2000 {
        let clock = CLOCKS[round % CLOCKS.len()];
        let count = 2 + dice.below(120);
        let memory = Memory::new(history(&mut dice, count, clock));
        let some = |dice: &mut Dice, most| -> Vec<usize> {
            (0..1 + dice.below(most))
                .map(|_| dice.below(count))
                .collect()
        };
        let tips = some(&mut dice, 3);
        let excluded = if dice.chance(90) {
            some(&mut dice, 4)
        } else {
            Vec::new()
        };
        let out = range(&tips, &excluded).commits(&memory, &[]);
        let expected = &memory.reach(&tips) - &memory.reach(&excluded);
        let ours: BTreeSet<usize> = out.ids.iter().map(|own| memory.number(own)).collect();
        assert_eq!(ours, expected, "{clock:?} {tips:?} ^{excluded:?}");
        assert_eq!(ours.len(), out.ids.len());
        assert!(out.cut.is_empty() && out.faults.is_empty() && !out.excluded_cut);
        // Newest first, and none before a commit that it is an ancestor of.
        let place: HashMap<usize, usize> = out
            .ids
            .iter()
            .enumerate()
            .map(|(at, own)| (memory.number(own), at))
            .collect();
        for (own, at) in &place {
            for parent in &memory.history[*own].0 {
                assert!(place.get(parent).is_none_or(|later| later > at));
            }
        }
        if clock == Clock::Right {
            let dates = out
                .ids
                .iter()
                .map(|own| memory.history[memory.number(own)].1);
            assert!(dates.is_sorted_by(|a, b| a >= b));
        } else {
            lied += usize::from(!ours.is_empty());
        }
    }
    assert!(lied > 300);
}

/// Where the only way from the excluded commit to one of the range leads through a commit that looks
/// older than everything else: git itself gives up after a few more.
#[test]
fn one_old_clock_hides_nothing() {
    for between in [1_usize, 5, 50, 500] {
        // 0 <- 1 (of the range?) <- 2 <- … <- excluded; and 1 <- tip.
        let mut commits = vec![(vec![], 1000), (vec![0], 2000)];
        for number in 0..between {
            commits.push((vec![number + 1], 1));
        }
        commits.push((vec![commits.len() - 1], 9_000));
        let excluded = commits.len() - 1;
        commits.push((vec![1], 10_000));
        let tip = commits.len() - 1;
        let memory = Memory::new(commits);
        let out = range(&[tip], &[excluded]).commits(&memory, &[]);
        assert_eq!(out.ids, [id(tip)], "{between}");
    }
}

/// A long history, in which branches leave and come back.
fn long(count: usize) -> Vec<(Vec<usize>, i64)> {
    let mut dice = Dice(5);
    let mut main = 0;
    let mut open: Vec<usize> = Vec::new();
    let mut out = vec![(Vec::new(), 0)];
    for number in 1..count {
        let date = i64::try_from(number).unwrap();
        match dice.below(10) {
            0..=3 => {
                out.push((vec![main], date));
                main = number;
            }
            4..=5 if open.len() < 8 => {
                // Starts a branch.
                out.push((vec![main], date));
                open.push(number);
            }
            6..=7 if !open.is_empty() => {
                let at = dice.below(open.len());
                out.push((vec![open[at]], date));
                open[at] = number;
            }
            _ if open.len() > 5 => {
                let branch = open.remove(0);
                out.push((vec![main, branch], date));
                main = number;
            }
            _ => {
                out.push((vec![main], date));
                main = number;
            }
        }
    }
    // The tip holds the main line alone.
    out.push((vec![main], i64::try_from(count).unwrap()));
    out
}

#[test]
fn a_short_range_of_a_long_history_reads_little() {
    let memory = Memory::new(long(20_000));
    let tip = memory.history.len() - 1;
    let all = memory.reach(&[tip]);
    for back in [1, 10, 40, 100] {
        let base = (0..back).fold(tip, |own, _| memory.history[own].0[0]);
        memory.read.borrow_mut().clear();
        let out = range(&[tip], &[base]).commits(&memory, &[]);
        let read = memory.read.borrow().len();
        let expected = &all - &memory.reach(&[base]);
        assert_eq!(out.ids.len(), expected.len());
        assert!(
            read <= 2 * out.ids.len() + 200,
            "{back}: {read} for {}",
            out.ids.len()
        );
    }
    // A branch of the main line that left it long ago.
    let mut commits = memory.history;
    let fork = (0..200).fold(tip, |own, _| commits[own].0[0]);
    commits.push((vec![fork], i64::try_from(commits.len()).unwrap()));
    let memory = Memory::new(commits);
    let topic = memory.history.len() - 1;
    let out = range(&[topic], &[tip]).commits(&memory, &[]);
    assert_eq!(out.ids, [id(topic)]);
    let read = memory.read.borrow().len();
    assert!(read < 1500, "{read}");
}

/// A history without a root in common, merged into the range: nothing can be shown about it but by
/// reading all, and the dates decide in the end.
#[test]
fn an_orphan_does_not_cost_the_whole_history() {
    let day = 86_400;
    let mut commits: Vec<(Vec<usize>, i64)> = long(20_000);
    for (_, date) in &mut commits {
        *date *= day;
    }
    let base = commits.len() - 1;
    let date = commits[base].1 + day;
    commits.push((vec![], date));
    commits.push((vec![base, base + 1], date + 1));
    let memory = Memory::new(commits);
    let out = range(&[base + 2], &[base]).commits(&memory, &[]);
    assert_eq!(out.ids, [id(base + 2), id(base + 1)]);
    let read = memory.read.borrow().len();
    assert!(read < 5_000, "{read}");
    // Where dates say nothing, all is read.
    let mut commits = memory.history;
    for (_, date) in &mut commits {
        *date = 0;
    }
    // The oldest commit reaches the orphan after all.
    let orphan = base + 1;
    let last = commits.len();
    commits.push((vec![orphan], 0));
    let mut chain = last;
    for _ in 0..10_000 {
        commits.push((vec![chain], 0));
        chain = commits.len() - 1;
    }
    let memory = Memory::new(commits);
    let out = range(&[base + 2], &[chain]).commits(&memory, &[]);
    let expected = &memory.reach(&[base + 2]) - &memory.reach(&[chain]);
    assert!(!expected.contains(&orphan));
    let ours: BTreeSet<usize> = out.ids.iter().map(|own| memory.number(own)).collect();
    assert_eq!(ours, expected);
}

#[test]
fn nothing_to_prove_reads_nothing_more() {
    // A straight line.
    let commits = (0..1000_usize)
        .map(|own| {
            (
                own.checked_sub(1).into_iter().collect(),
                i64::try_from(own).unwrap(),
            )
        })
        .collect();
    let memory = Memory::new(commits);
    let out = range(&[999], &[921]).commits(&memory, &[]);
    assert_eq!(out.ids.len(), 78);
    assert_eq!(memory.read.borrow().len(), 79);
    memory.read.borrow_mut().clear();
    // Backwards: everything is reached, and nothing is left.
    assert!(range(&[921], &[999]).commits(&memory, &[]).ids.is_empty());
}

#[test]
fn dates_are_asked_of_each_commit() {
    let mut dice = Dice(9);
    for clock in CLOCKS {
        for _ in 0..50 {
            let memory = Memory::new(history(&mut dice, 80, clock));
            let (tip, base) = (dice.below(80), dice.below(80));
            let moment = memory.history[dice.below(80)].1;
            for excluded in [vec![], vec![base]] {
                let out = range(&[tip], &excluded).since(moment).commits(&memory, &[]);
                let ours: BTreeSet<usize> = out.ids.iter().map(|own| memory.number(own)).collect();
                let mut expected = &memory.reach(&[tip]) - &memory.reach(&excluded);
                expected.retain(|own| memory.history[*own].1 >= moment);
                assert_eq!(ours, expected);
            }
        }
    }
}

#[test]
fn the_last_few_read_only_themselves() {
    let memory = Memory::new(long(5_000));
    let tip = memory.history.len() - 1;
    for count in [1, 10, 100] {
        memory.read.borrow_mut().clear();
        let out = range(&[tip], &[]).last(count).commits(&memory, &[]);
        assert_eq!(out.ids.len(), count);
        let read = memory.read.borrow().len();
        assert!(read <= count * 2 + 10, "{read}");
    }
    let all = memory.reach(&[tip]).len();
    let out = range(&[tip], &[]).last(1_000_000).commits(&memory, &[]);
    assert_eq!(out.ids.len(), all);
    assert!(
        range(&[tip], &[])
            .last(0)
            .commits(&memory, &[])
            .ids
            .is_empty()
    );
}

#[test]
fn what_is_not_there_is_told() {
    // 0 - 1 - 2 - 3 - 4 - 5, and 3 - 6.
    let line: Vec<(Vec<usize>, i64)> =
        [vec![], vec![0], vec![1], vec![2], vec![3], vec![4], vec![3]]
            .into_iter()
            .zip(0..)
            .collect();
    let mut memory = Memory::new(line);
    let numbers = |memory: &Memory, ids: &[gix::ObjectId]| -> Vec<usize> {
        ids.iter().map(|own| memory.number(own)).collect()
    };
    // Absent behind the tip.
    memory.absent.insert(2);
    let out = range(&[5], &[]).commits(&memory, &[]);
    assert_eq!(numbers(&memory, &out.ids), [5, 4, 3]);
    assert_eq!(out.faults.len(), 1);
    assert_eq!(out.faults[0].id, Some(id(2)));
    assert!(!out.excluded_cut);
    // Absent on both sides: nothing of the range is missing.
    let out = range(&[5], &[6]).commits(&memory, &[]);
    assert_eq!(numbers(&memory, &out.ids), [5, 4]);
    assert!(out.faults.is_empty());
    // Absent on the excluded side alone, where it would have met the range.
    memory.absent = [6].into();
    let out = range(&[5], &[6]).commits(&memory, &[]);
    assert_eq!(out.ids.len(), 6);
    assert!(out.faults.is_empty() && out.excluded_cut);
    // An absent tip.
    let out = range(&[6, 4], &[3]).commits(&memory, &[]);
    assert_eq!(numbers(&memory, &out.ids), [4]);
    assert_eq!(out.faults.len(), 1);

    // A shallow boundary in the range is a cut, and one whose parents are excluded is none.
    memory.absent = [0, 1, 2].into();
    let shallow = [id(3)];
    let out = range(&[5], &[]).commits(&memory, &shallow);
    assert_eq!(numbers(&memory, &out.ids), [5, 4, 3]);
    assert_eq!(numbers(&memory, &out.cut), [3]);
    assert!(out.faults.is_empty());
    let mut shallow = [id(4), id(3)];
    shallow.sort();
    let out = range(&[5], &[3]).commits(&memory, &shallow);
    assert_eq!(numbers(&memory, &out.ids), [5, 4]);
    assert!(out.cut.is_empty());
    assert!(out.excluded_cut);
    // Of the last two nothing is behind the boundary; of the last three something may be.
    for (count, cut) in [(2, 0), (3, 1)] {
        let out = range(&[5], &[]).last(count).commits(&memory, &[id(4)]);
        assert_eq!((out.ids.len(), out.cut.len()), (2, cut), "{count}");
    }
    // Nor behind an older one than the day that was asked for.
    for (moment, cut) in [(5, 0), (4, 1)] {
        let out = range(&[5], &[]).since(moment).commits(&memory, &[id(4)]);
        assert_eq!(out.cut.len(), cut, "{moment}");
    }
}
