//! The chart over time as SVG: how many targets were in which state, one above the other, and a line for the records
//! that were attempted. Where nothing was read, nothing is drawn.

use std::fmt::Write as _;

use overseed_domain::rollout::Counts;

use super::report::{figure, moment};
use crate::run::Sample;

const WIDTH: f64 = 880.0;
const HEIGHT: f64 = 260.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = 26.0;

/// The bands from the bottom up: class of the style, words of the legend, and how many targets.
type Band = (&'static str, &'static str, fn(&Counts) -> u32);

/// The bands in the order in which they lie on each other.
pub(super) const BANDS: [Band; 4] = [
    ("succeeded", "Succeeded", |counts| counts.succeeded),
    ("failed", "Failed", |counts| counts.failed),
    ("unknown", "Unknown", |counts| counts.unknown),
    ("progress", "In progress", |counts| counts.in_progress),
];

/// The chart, or nothing where there are not two readings; `done` is what the line counts.
pub(super) fn svg(samples: &[Sample], done: &str) -> Option<String> {
    let (first, last) = (samples.first()?, samples.last()?);
    let total = samples.iter().map(|s| s.counts.total()).max()?;
    if first.at == last.at || total == 0 {
        return None;
    }
    let frame = Frame {
        from: first.at.0,
        span: seconds(last.at.0 - first.at.0),
        total: f64::from(total),
    };
    let mut svg = format!(
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"Targets by state over time, {} to {}\">",
        moment(first.at),
        moment(last.at)
    );
    frame.axes(&mut svg, last.at.0);
    for part in parts(samples) {
        frame.bands(&mut svg, part);
        frame.attempted(&mut svg, part, done);
    }
    svg.push_str("</svg>");
    Some(svg)
}

/// The readings between gaps.
fn parts(samples: &[Sample]) -> impl Iterator<Item = &[Sample]> {
    samples.chunk_by(|_, next| !next.gap)
}

#[allow(clippy::cast_precision_loss, reason = "a picture has no milliseconds")]
fn seconds(millis: i64) -> f64 {
    millis as f64 / 1000.0
}

/// From times and numbers to places.
struct Frame {
    from: i64,
    span: f64,
    total: f64,
}

impl Frame {
    fn x(&self, at: i64) -> f64 {
        LEFT + (WIDTH - LEFT - RIGHT) * seconds(at - self.from) / self.span
    }

    fn y(&self, targets: u32) -> f64 {
        HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * f64::from(targets) / self.total
    }

    /// Lines at no, half and all targets, and times below.
    fn axes(&self, svg: &mut String, last: i64) {
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it was a u32"
        )]
        let total = self.total as u32;
        for targets in [0, total / 2, total] {
            let y = self.y(targets);
            let _ = write!(
                svg,
                "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{:.1}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>\
                 <text class=\"tick\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                WIDTH - RIGHT,
                LEFT - 6.0,
                y + 4.0,
                figure(targets)
            );
        }
        let middle = self.from + (last - self.from) / 2;
        for (at, anchor) in [(self.from, "start"), (middle, "middle"), (last, "end")] {
            let _ = write!(
                svg,
                "<text class=\"tick\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{}</text>",
                self.x(at),
                HEIGHT - 8.0,
                moment(overseed_domain::Millis(at))
            );
        }
    }

    fn bands(&self, svg: &mut String, part: &[Sample]) {
        let mut floors = vec![0_u32; part.len()];
        for (class, words, of) in BANDS {
            let mut upper = String::new();
            let mut lower = Vec::with_capacity(part.len());
            let mut seen = false;
            for (sample, floor) in part.iter().zip(&mut floors) {
                let (x, targets) = (self.x(sample.at.0), of(&sample.counts));
                seen |= targets > 0;
                lower.push(format!("{x:.1},{:.1}", self.y(*floor)));
                *floor += targets;
                let _ = write!(upper, "{x:.1},{:.1} ", self.y(*floor));
            }
            if seen {
                lower.reverse();
                let _ = write!(
                    svg,
                    "<polygon class=\"{class}\" points=\"{upper}{}\"><title>{words}</title></polygon>",
                    lower.join(" ")
                );
            }
        }
    }

    fn attempted(&self, svg: &mut String, part: &[Sample], done: &str) {
        let mut points = String::new();
        for sample in part {
            let processed = sample.processed.min(sample.counts.total());
            let _ = write!(
                points,
                "{:.1},{:.1} ",
                self.x(sample.at.0),
                self.y(processed)
            );
        }
        let _ = write!(
            svg,
            "<polyline class=\"attempted\" points=\"{}\"><title>{done}</title></polyline>",
            points.trim_end()
        );
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use overseed_domain::Millis;

    use super::*;

    fn sample(at: i64, succeeded: u32, gap: bool) -> Sample {
        let counts = Counts {
            succeeded,
            submitted: 10 - succeeded,
            ..Counts::default()
        };
        Sample {
            at: Millis(at),
            processed: succeeded,
            counts,
            gap,
        }
    }

    #[test]
    fn a_gap_is_left_out() {
        let whole = svg(
            &[
                sample(0, 0, false),
                sample(60_000, 4, false),
                sample(120_000, 9, false),
            ],
            "Done",
        );
        assert_eq!(whole.unwrap().matches("<polyline").count(), 1);
        let broken = svg(
            &[
                sample(0, 0, false),
                sample(60_000, 4, false),
                sample(900_000, 8, true),
                sample(960_000, 9, false),
            ],
            "Done",
        );
        assert_eq!(broken.unwrap().matches("<polyline").count(), 2);
    }

    #[test]
    fn one_reading_is_no_chart() {
        assert_eq!(svg(&[], "Done"), None);
        assert_eq!(svg(&[sample(5, 3, false)], "Done"), None);
    }

    #[test]
    fn a_state_that_never_was_has_no_band() {
        let svg = svg(&[sample(0, 1, false), sample(60_000, 9, false)], "Done").unwrap();
        assert!(svg.contains("class=\"succeeded\""), "{svg}");
        assert!(!svg.contains("class=\"failed\""), "{svg}");
    }
}
