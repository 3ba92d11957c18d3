//! Colours of the human report.

use anstyle::{AnsiColor, Style};

use crate::finding::Severity;

/// Paints, or leaves text as it is.
#[derive(Clone, Copy)]
pub(in crate::report) struct Paint(pub(in crate::report) bool);

impl Paint {
    pub(in crate::report) fn bold(self, text: &str) -> String {
        self.with(Style::new().bold(), text)
    }

    pub(in crate::report) fn frame(self, text: &str) -> String {
        self.with(AnsiColor::Blue.on_default().bold(), text)
    }

    pub(in crate::report) fn gap(self, text: &str) -> String {
        self.with(AnsiColor::Yellow.on_default().bold(), text)
    }

    pub(in crate::report) fn mark(self, text: &str) -> String {
        self.with(AnsiColor::Red.on_default().bold(), text)
    }

    pub(in crate::report) fn severity(self, severity: Severity, text: &str) -> String {
        let color = match severity {
            Severity::Critical | Severity::High => AnsiColor::Red,
            Severity::Medium => AnsiColor::Yellow,
            Severity::Low => AnsiColor::Cyan,
            Severity::Info => AnsiColor::Green,
        };
        self.with(color.on_default().bold(), text)
    }

    fn with(self, style: Style, text: &str) -> String {
        if self.0 {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }
}
