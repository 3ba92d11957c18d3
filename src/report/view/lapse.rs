//! The JSON form of a lapse of hygiene.

use serde::Serialize;

use super::OriginView;
use crate::hygiene::Lapse;

#[derive(Serialize)]
pub(in crate::report) struct LapseView<'a> {
    id: &'a str,
    title: String,
    severity: &'static str,
    /// Whether it reaches `--fail-on`.
    fails: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<PlaceView>,
    why: Vec<String>,
    steps: Vec<String>,
}

#[derive(Serialize)]
struct PlaceView {
    #[serde(flatten)]
    origin: OriginView,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
}

impl<'a> LapseView<'a> {
    /// `text` masks what comes from the scanned tree.
    pub(super) fn new(
        lapse: &'a Lapse,
        fails: bool,
        origin: Option<OriginView>,
        text: &dyn Fn(&str) -> String,
    ) -> Self {
        Self {
            id: lapse.check.id,
            title: text(&lapse.title),
            severity: lapse.severity.as_str(),
            fails,
            place: origin.map(|origin| PlaceView {
                origin,
                line: lapse.line,
            }),
            why: lapse.why.iter().map(|why| text(why)).collect(),
            steps: lapse.steps.iter().map(|step| text(step)).collect(),
        }
    }
}
