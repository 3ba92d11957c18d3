//! Threads, where the system may give fewer than are asked for: containers and users have limits.

use std::sync::{Mutex, PoisonError};
use std::thread::{self, Builder};
use std::time::Duration;

/// How long the system may take to count a thread that ended no more.
const GONE: Duration = Duration::from_millis(20);

/// Does something on so many threads, or where they can't be started on this one.
pub(crate) fn within<R: Send>(threads: usize, work: impl FnOnce() -> R + Send) -> R {
    let pool = |threads: usize| rayon::ThreadPoolBuilder::new().num_threads(threads);
    let made = pool(threads.max(1)).build();
    match made.or_else(|_| pool(1).use_current_thread().build()) {
        Ok(pool) => pool.install(work),
        // This thread is one of a pool already.
        Err(_) => work(),
    }
}

/// How many threads can be started at once, at most this many: for those who can't do with fewer than they asked
/// for.
pub(crate) fn startable(wanted: usize) -> usize {
    let gate = Mutex::new(());
    let closed = gate.lock().unwrap_or_else(PoisonError::into_inner);
    // Twice as many, since those that end here are counted for a moment longer.
    let started = thread::scope(|scope| {
        let wait = || drop(gate.lock());
        let started = (0..wanted.saturating_mul(2))
            .map_while(|_| Builder::new().spawn_scoped(scope, wait).ok())
            .count();
        drop(closed);
        started
    });
    if started < wanted.saturating_mul(2) {
        thread::sleep(GONE);
    }
    started.min(wanted)
}
