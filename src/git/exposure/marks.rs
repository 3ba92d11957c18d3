//! Which of many things are marked.

/// Marks on things numbered from 0. One beyond the end never has a mark.
#[derive(Debug)]
pub(super) struct Marks(Vec<bool>);

impl Marks {
    /// No marks, on so many things.
    pub(super) fn new(count: usize) -> Self {
        Self(vec![false; count])
    }

    pub(super) fn has(&self, number: u32) -> bool {
        self.0.get(number as usize).is_some_and(|mark| *mark)
    }

    pub(super) fn set(&mut self, number: u32, mark: bool) {
        if let Some(own) = self.0.get_mut(number as usize) {
            *own = mark;
        }
    }
}
