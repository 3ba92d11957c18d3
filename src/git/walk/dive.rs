//! Through one family, from its root down.

use std::io;
use std::mem;
use std::sync::Arc;

use gix::objs::Kind;
use rayon::Scope;

use super::census::Census;
use super::run::Run;
use super::worker::{Loss, Worker};
use super::{Seen, Visitor};
use crate::git::pack::{Base, Buffer, Damage};

/// A branch for a task of its own, and its base.
pub(super) struct Branch<Note> {
    number: u32,
    kind: Option<Kind>,
    base: Arc<Buffer>,
    note: Option<Arc<Note>>,
}

/// An object whose children are being done.
struct Frame<Note> {
    number: u32,
    content: Content,
    /// What the visitor noted of it.
    note: Option<Arc<Note>>,
    /// Which of its children comes next.
    next: usize,
}

/// The content of a base.
enum Content {
    Own(Buffer),
    Shared(Arc<Buffer>),
    /// Decoded before, and dropped.
    Dropped,
    /// Not to be had again within what a task may do.
    Costly,
    Lost,
}

impl Content {
    fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Own(buffer) => Some(buffer),
            Self::Shared(buffer) => Some(buffer),
            Self::Dropped | Self::Costly | Self::Lost => None,
        }
    }

    fn size(&self) -> usize {
        self.bytes().map_or(0, <[u8]>::len)
    }

    fn share(self) -> (Self, Option<Arc<Buffer>>) {
        match self {
            Self::Own(buffer) => {
                let buffer = Arc::new(buffer);
                (Self::Shared(Arc::clone(&buffer)), Some(buffer))
            }
            Self::Shared(buffer) => (Self::Shared(Arc::clone(&buffer)), Some(buffer)),
            other => (other, None),
        }
    }
}

/// A walk through a family or a branch of one. Depth is a stranger's: the way down is kept in a list.
pub(super) struct Dive<'a, 'run, 'env, V: Visitor> {
    run: &'run Run<'env, V>,
    census: &'run Census<'env>,
    scope: &'a Scope<'run>,
    worker: &'a mut Worker,
    stack: Vec<Frame<V::Note>>,
    /// What the frames hold, in bytes.
    held: usize,
    /// What was decoded again, in bytes.
    again: u64,
    /// The family's kind, once known.
    kind: Option<Kind>,
}

impl<'a, 'run, 'env, V: Visitor> Dive<'a, 'run, 'env, V> {
    pub(super) fn new(
        run: &'run Run<'env, V>,
        worker: &'a mut Worker,
        scope: &'a Scope<'run>,
    ) -> Self {
        Self {
            run,
            census: run.census,
            scope,
            worker,
            stack: Vec::new(),
            held: 0,
            again: 0,
            kind: None,
        }
    }

    /// Does a whole family.
    pub(super) fn family(&mut self, root: u32) {
        self.begin(self.census.kind(root));
        if self.census.is_large(root) {
            self.stream_loose(root);
        } else {
            self.visit(root, None, None);
        }
        self.descend();
    }

    /// Does a branch.
    pub(super) fn branch(&mut self, branch: &Branch<V::Note>) {
        self.begin(branch.kind);
        let base = Content::Shared(Arc::clone(&branch.base));
        self.visit(branch.number, Some(&base), branch.note.as_ref());
        self.descend();
    }

    fn begin(&mut self, kind: Option<Kind>) {
        self.stack.clear();
        (self.held, self.again) = (0, 0);
        self.kind = kind;
    }

    fn descend(&mut self) {
        while let Some(frame) = self.stack.last_mut() {
            let number = frame.number;
            let children = self.census.families.children(number);
            let Some((at, child)) = self.run.next(children, frame.next) else {
                self.pop();
                continue;
            };
            frame.next = at + 1;
            let last = self.run.next(children, frame.next).is_none();
            let mut base = mem::replace(&mut frame.content, Content::Dropped);
            let note = frame.note.clone();
            self.held = self.held.saturating_sub(base.size());
            if last {
                // What comes back is for the pool: the child may be followed by a long chain.
                self.stack.pop();
            }
            if matches!(base, Content::Dropped) {
                base = self.rebuild(number);
            }
            let apart = !last
                && self.census.families.is_heavy(child)
                && base.size() <= self.census.limits.shared;
            let shared = if apart {
                let (kept, shared) = base.share();
                base = kept;
                shared
            } else {
                None
            };
            // The child's frame comes on top of this one's.
            let above = self.stack.len();
            match shared {
                Some(base) => self.run.spawn(
                    self.scope,
                    Branch {
                        number: child,
                        kind: self.kind,
                        base,
                        note,
                    },
                ),
                None => self.visit(child, Some(&base), note.as_ref()),
            }
            if self.census.kind(number).is_none() && !self.run.takes(self.kind) {
                // Only now is it known that the family is none that is looked for.
                self.stack.clear();
                return;
            }
            if last {
                self.recycle(base);
            } else {
                self.hold(above, base);
            }
        }
    }

    /// Puts a base back into the frame below the one at this place.
    fn hold(&mut self, above: usize, base: Content) {
        self.held = self.held.saturating_add(base.size());
        let frame = above.checked_sub(1).and_then(|at| self.stack.get_mut(at));
        if let Some(frame) = frame {
            frame.content = base;
        }
        let mut frames = self.stack.iter_mut();
        // The topmost is needed next.
        frames.next_back();
        while self.held > self.census.limits.held
            && let Some(frame) = frames.next()
        {
            if frame.content.bytes().is_some() {
                self.held = self.held.saturating_sub(frame.content.size());
                frame.content = Content::Dropped;
            }
        }
    }

    fn pop(&mut self) {
        if let Some(frame) = self.stack.pop() {
            self.held = self.held.saturating_sub(frame.content.size());
            self.recycle(frame.content);
        }
    }

    fn recycle(&mut self, content: Content) {
        match content {
            Content::Own(buffer) => self.worker.give_back(buffer),
            Content::Shared(buffer) => {
                if let Some(buffer) = Arc::into_inner(buffer) {
                    self.worker.give_back(buffer);
                }
            }
            Content::Dropped | Content::Costly | Content::Lost => {}
        }
    }

    /// Decodes an object and hands it out, and puts it on the stack if it has children. The base is
    /// given for a child.
    fn visit(&mut self, number: u32, base: Option<&Content>, note: Option<&Arc<V::Note>>) {
        let parent = base.and_then(|_| self.census.families.parent(number));
        let decoded = match base {
            Some(Content::Costly) => Err(Loss::Memory),
            Some(base) => match base.bytes() {
                Some(bytes) => self.worker.decode(self.census, number, Some(bytes)),
                None => Err(Loss::Base(self.census.id(parent.unwrap_or(number)))),
            },
            None => self.worker.decode(self.census, number, None),
        };
        let decoded = match decoded {
            // The census could not read the header of a loose object that can be read now: it is read
            // again for its kind.
            Ok(buffer) if base.is_none() && self.kind.is_none() => {
                self.worker.give_back(buffer);
                let loss = Loss::Loose("its header can't be read".to_owned());
                self.recovered(number, loss)
            }
            Ok(buffer) => Ok((buffer, parent)),
            Err(Loss::Large { .. }) if base.is_none() && self.kind == Some(Kind::Blob) => {
                return self.stream(number);
            }
            Err(loss) => self.recovered(number, loss),
        };
        match decoded {
            Ok((buffer, base)) => {
                let note = note.filter(|_| base.is_some());
                let noted = self
                    .kind
                    .and_then(|kind| self.hand_out(number, kind, base, note, &buffer));
                self.push(number, Content::Own(buffer), noted);
            }
            Err(loss) => {
                self.lose(number, &loss);
                let costly = matches!(loss, Loss::Memory);
                self.push(
                    number,
                    if costly {
                        Content::Costly
                    } else {
                        Content::Lost
                    },
                    None,
                );
            }
        }
    }

    /// Reads an object from another place than its own. What is made from it is of its kind, whatever a
    /// damaged header said.
    fn recovered(&mut self, number: u32, loss: Loss) -> Result<(Buffer, Option<u32>), Loss> {
        let (kind, buffer) = self.worker.recover(self.census, number, loss)?;
        self.kind = Some(kind);
        Ok((buffer, None))
    }

    fn hand_out(
        &self,
        number: u32,
        kind: Kind,
        base: Option<u32>,
        note: Option<&Arc<V::Note>>,
        data: &[u8],
    ) -> Option<V::Note> {
        if self.run.wants(kind, number) {
            return Some(self.run.visitor.object(&Seen {
                number,
                kind,
                data,
                base,
                copied: &self.worker.copied,
                note: note.map(|note| &**note),
            }));
        }
        if let Some(told) = self.census.kind(number)
            && told != kind
        {
            // A walk of the right kind passes it by.
            self.lose(number, &Loss::Kind { told, kind });
        }
        None
    }

    fn push(&mut self, number: u32, content: Content, note: Option<V::Note>) {
        let children = self.census.families.children(number);
        if self.run.next(children, 0).is_some() {
            self.held = self.held.saturating_add(content.size());
            self.stack.push(Frame {
                number,
                content,
                note: note.map(Arc::new),
                next: 0,
            });
        } else {
            self.recycle(content);
        }
    }

    fn lose(&self, number: u32, loss: &Loss) {
        if self.run.is_asked(number) {
            self.run
                .visitor
                .lost(number, &loss.fault(self.census, number));
        }
    }

    /// Decodes a base again that was dropped: from the nearest one above it that is still there.
    fn rebuild(&mut self, number: u32) -> Content {
        let mut way = vec![number];
        let mut at = number;
        let mut start = None;
        while let Some(parent) = self.census.families.parent(at) {
            start = self
                .stack
                .iter()
                .position(|frame| frame.number == parent && frame.content.bytes().is_some());
            if start.is_some() {
                break;
            }
            way.push(parent);
            at = parent;
        }
        let mut content = Content::Dropped;
        for step in way.iter().rev() {
            let top = start.take().and_then(|at| self.stack.get(at));
            let base = match top {
                Some(frame) => frame.content.bytes(),
                None => content.bytes(),
            };
            let decoded = match self.worker.decode(self.census, *step, base) {
                Ok(buffer) => Ok(buffer),
                Err(loss) => self
                    .worker
                    .recover(self.census, *step, loss)
                    .map(|(_, buffer)| buffer),
            };
            let before = mem::replace(&mut content, decoded.map_or(Content::Lost, Content::Own));
            self.recycle(before);
            self.again = self.again.saturating_add(content.size() as u64);
            if self.again > self.census.limits.again {
                self.recycle(content);
                return Content::Costly;
            }
        }
        content
    }

    /// Hands out a blob that is too large to be held, from its pack, and if need be from elsewhere.
    fn stream(&mut self, number: u32) {
        if self.run.wants(Kind::Blob, number)
            && let Err(loss) = self.stream_packed(number)
        {
            self.stream_stored(number, &loss);
        }
        self.push(number, Content::Lost, None);
    }

    fn stream_packed(&mut self, number: u32) -> Result<(), Loss> {
        let pack = self.census.pack(number).ok_or(Loss::Nothing)?;
        let (entry, packed) = self.census.entry(pack, number)?;
        let Base::None(kind) = entry.base else {
            return Err(Loss::Nothing);
        };
        let mut stream = self.worker.inflater.stream(packed, Some(entry.size))?;
        self.run
            .visitor
            .large(number, kind, entry.size, &mut stream);
        // What is wrong is asked below.
        let _ = io::copy(&mut stream, &mut io::sink());
        let taken = stream.end()?.ok_or(Damage::Truncated)?;
        self.census.check(pack, number, &entry, taken)?;
        Ok(())
    }

    /// Hands out a large blob from whichever place has it. `loss` is why its own has not.
    fn stream_stored(&self, number: u32, loss: &Loss) {
        let id = self.census.id(number);
        let mut size = 0;
        let mut is_blob = false;
        let done = self
            .census
            .objects()
            .stream(&id, &mut |kind, length, data| {
                size = length;
                is_blob = kind == Kind::Blob;
                if is_blob && self.run.wants(kind, number) {
                    self.run.visitor.large(number, kind, length, data);
                }
                let _ = io::copy(data, &mut io::sink());
            });
        match done {
            Ok(()) if is_blob => {}
            Ok(()) => {
                let most = self.census.limits.object;
                self.lose(number, &Loss::Large { size, most });
            }
            Err(_) => self.lose(number, loss),
        }
    }

    /// Hands out a large loose object.
    fn stream_loose(&mut self, number: u32) {
        let loss = Loss::Loose("it can't be read to its end".to_owned());
        self.stream_stored(number, &loss);
        self.push(number, Content::Lost, None);
    }
}
