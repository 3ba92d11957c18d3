//! What a person at a terminal sees while a scan takes long.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::output;
use crate::report::text::{bytes, count};

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
    files: AtomicU64,
    bytes: AtomicU64,
}

impl Progress {
    /// Begins; draws nothing unless `wanted` and there is a terminal.
    pub fn start(wanted: bool) -> Self {
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
                        let files = seen.files.load(Relaxed);
                        output::stderr(&format!(
                            "\r\x1b[Kscanned {}, {}",
                            count(files, "file"),
                            bytes(seen.bytes.load(Relaxed))
                        ));
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

    /// Counts files and bytes; for any thread.
    pub fn add(&self, files: u64, bytes: u64) {
        self.seen.files.fetch_add(files, Relaxed);
        self.seen.bytes.fetch_add(bytes, Relaxed);
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
