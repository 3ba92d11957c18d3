//! What a person at a terminal sees while a scan takes long.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::output;
use crate::report::text::{bytes, count, number};

const FIRST: Duration = Duration::from_secs(1);
const NEXT: Duration = Duration::from_millis(100);

/// Counts what has been read; draws it on standard error once a second has passed, when that is a
/// terminal. Dropping it wipes the line.
pub struct Progress {
    seen: Arc<Seen>,
    drawing: Option<(Sender<()>, JoinHandle<()>)>,
}

#[derive(Default)]
struct Seen {
    done: AtomicU64,
    /// How many there are in all; 0 where that is not known.
    all: AtomicU64,
    bytes: AtomicU64,
}

impl Progress {
    /// Begins to count files; draws nothing unless `wanted` and there is a terminal.
    pub fn start(wanted: bool) -> Self {
        Self::of(wanted, "file")
    }

    /// Begins to count git objects, in the same way.
    pub fn objects(wanted: bool) -> Self {
        Self::of(wanted, "object")
    }

    fn of(wanted: bool, unit: &'static str) -> Self {
        let seen = Arc::new(Seen::default());
        let drawing = (wanted && output::stderr_is_terminal()).then(|| {
            let (stop, stopped) = channel::<()>();
            let seen = Arc::clone(&seen);
            let thread = std::thread::Builder::new()
                .name("progress".to_owned())
                .spawn(move || {
                    let mut wait = FIRST;
                    while stopped.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                        wait = NEXT;
                        output::stderr(&format!("\r\x1b[Kscanned {}", seen.line(unit)));
                    }
                    if wait == NEXT {
                        output::stderr("\r\x1b[K");
                    }
                });
            thread.ok().map(|thread| (stop, thread))
        });
        Self {
            seen,
            drawing: drawing.flatten(),
        }
    }

    /// Counts files (or objects) and bytes; for any thread.
    pub fn add(&self, done: u64, bytes: u64) {
        self.seen.done.fetch_add(done, Relaxed);
        self.seen.bytes.fetch_add(bytes, Relaxed);
    }

    /// Says how many there are in all, once that is known.
    pub fn expect(&self, all: u64) {
        self.seen.all.store(all, Relaxed);
    }
}

impl Seen {
    /// `12 files, 3.4 MB`, `12 of 345 objects, 3.4 MB`.
    fn line(&self, unit: &str) -> String {
        let done = self.done.load(Relaxed);
        let counted = match self.all.load(Relaxed) {
            0 => count(done, unit),
            all => format!("{} of {}", number(done), count(all, unit)),
        };
        format!("{counted}, {}", bytes(self.bytes.load(Relaxed)))
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.drawing.take() {
            drop(stop);
            _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_is_counted() {
        let progress = Progress::objects(false);
        progress.add(1, 2_000);
        assert_eq!(progress.seen.line("object"), "1 object, 2.0 kB");
        progress.expect(1_200);
        progress.add(1_000, 0);
        assert_eq!(
            progress.seen.line("object"),
            "1,001 of 1,200 objects, 2.0 kB"
        );
    }
}
