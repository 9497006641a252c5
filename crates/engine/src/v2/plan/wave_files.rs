//! The waves of a V2 plan, and the files of their requests.

use std::{collections::BTreeMap, io::Write, path::PathBuf};

use overseed_domain::{
    Partition,
    input_file::FileSummary,
    v2::line::{Writer, client_token},
    waves::{Cut, WaveCut, Waves},
};

use super::loaded::{Loaded, LoadedTarget};
use crate::{
    Error, Session,
    run::{RUN_TAG, WAVE_TAG},
};

/// A user's retry is a run of its own, with tokens of its own.
const ATTEMPT: u32 = 1;

/// The ARN of a thing (AWS IoT, "Resource types").
pub(crate) fn thing_arn(partition: Partition, region: &str, account: &str, thing: &str) -> String {
    format!(
        "arn:{}:iot:{region}:{account}:thing/{thing}",
        partition.as_str()
    )
}

/// Which target is in which wave. A text is looked for in the things' names.
pub(crate) fn cut(waves: &Waves, targets: &[LoadedTarget]) -> Cut {
    let texts: Vec<String> = waves
        .cuts
        .iter()
        .map(|cut| match cut {
            WaveCut::Matching { text } => text.trim().to_lowercase(),
            _ => String::new(),
        })
        .collect();
    let count = u32::try_from(targets.len()).unwrap_or(u32::MAX);
    let mut cut = overseed_domain::waves::cut(waves, count, |index, place| {
        let thing = usize::try_from(place)
            .ok()
            .and_then(|place| targets.get(place))
            .map(|target| target.thing.to_lowercase());
        texts
            .get(index)
            .zip(thing)
            .is_some_and(|(text, thing)| !text.is_empty() && thing.contains(text.as_str()))
    });
    for wave in &mut cut.waves {
        wave.by = of_devices(&wave.by);
    }
    for finding in &mut cut.findings {
        *finding = of_devices(finding);
    }
    cut
}

/// The words of the cut, whose targets are groups there: the first word of the kind is the cut's own, whatever texts
/// users look for.
fn of_devices(words: &str) -> String {
    words.replacen("group", "core device", 1)
}

/// Where a target of a plan goes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line<'a> {
    /// The number of the wave, from 1.
    pub(crate) wave: u32,
    /// The line in the wave's file, from 1.
    pub(crate) line: u32,
    /// The place in the run, from 0: wave after wave.
    pub(crate) position: u32,
    pub(crate) target: &'a LoadedTarget,
    /// The hash of its document.
    pub(crate) hash: &'a str,
}

/// Writes the files of the waves of one run.
#[derive(Debug, Clone)]
pub(crate) struct WaveFiles {
    partition: Partition,
    region: String,
    account: String,
    run: String,
}

impl WaveFiles {
    pub(crate) fn new(session: &Session, run: &str) -> Self {
        let connection = &session.connection;
        Self {
            partition: connection.partition,
            region: connection.region.clone(),
            account: connection.account.clone(),
            run: run.to_owned(),
        }
    }

    /// The ARN of a thing.
    pub(crate) fn arn(&self, thing: &str) -> String {
        thing_arn(self.partition, &self.region, &self.account, thing)
    }

    /// The client token of the target at a position of the run.
    pub(crate) fn token(&self, position: u32) -> String {
        client_token(&self.run, position, ATTEMPT)
    }

    /// The tags of a wave's deployments, by which they are found again.
    pub(crate) fn tags(&self, wave: u32) -> BTreeMap<String, String> {
        BTreeMap::from([
            (RUN_TAG.to_owned(), self.run.clone()),
            (WAVE_TAG.to_owned(), wave.to_string()),
        ])
    }

    /// Writes the files, wave after wave; `make` opens the file of a wave, and `on` is told where each target went.
    pub(crate) fn write<W: Write>(
        &self,
        plan: &mut Loaded,
        cut: &Cut,
        mut make: impl FnMut(u32) -> Result<W, Error>,
        mut on: impl FnMut(Line<'_>) -> Result<(), Error>,
    ) -> Result<Vec<(W, FileSummary)>, Error> {
        let failed = || Error::file(PathBuf::from("wave"));
        let mut places: Vec<u32> = (0..).take(plan.targets.len()).collect();
        places.sort_by_key(|place| cut.wave_of(*place));
        let mut written = Vec::with_capacity(cut.waves.len());
        let (mut next, mut position) = (places.into_iter(), 0);
        for (number, wave) in (1..).zip(&cut.waves) {
            let mut writer = Writer::new(make(number)?);
            let tags = self.tags(number);
            for (line, place) in (1..=wave.targets).zip(&mut next) {
                let place = usize::try_from(place).unwrap_or(usize::MAX);
                let Some(target) = plan.targets.get(place) else {
                    break;
                };
                let document = plan.shelf.document(target.document)?;
                let (arn, token) = (self.arn(&target.thing), self.token(position));
                writer
                    .line(
                        &target.thing,
                        &arn,
                        &token,
                        target.replaces.as_deref(),
                        &document,
                        &tags,
                    )
                    .map_err(failed())?;
                on(Line {
                    wave: number,
                    line,
                    position,
                    target,
                    hash: plan.shelf.hash(target.document),
                })?;
                position += 1;
            }
            written.push(writer.finish().map_err(failed())?);
        }
        Ok(written)
    }
}

#[cfg(test)]
mod tests {
    use super::{super::loaded::Before, *};

    #[test]
    fn waves_look_for_texts_in_the_things_names_and_speak_of_core_devices() {
        let target = |thing: &str| LoadedTarget {
            thing: thing.into(),
            document: 0,
            before: Before::Unknown,
            replaces: None,
        };
        let targets = [
            "line-1",
            "canary-group-1",
            "line-2",
            "Canary-group-2",
            "line-3",
        ]
        .map(target);
        let waves = Waves {
            cuts: vec![
                WaveCut::Matching {
                    text: "canary-group".to_owned(),
                },
                WaveCut::Count { targets: 2 },
                WaveCut::Count { targets: 9 },
            ],
            ..Waves::default()
        };
        let cut = cut(&waves, &targets);
        let words: Vec<&str> = cut.waves.iter().map(|wave| wave.by.as_str()).collect();
        assert_eq!(
            words,
            [
                "core devices with “canary-group” in name or id",
                "2 core devices",
                "9 core devices"
            ]
        );
        let of: Vec<_> = (0..5).map(|place| cut.wave_of(place)).collect();
        assert_eq!(of, [Some(2), Some(1), Some(2), Some(1), Some(3)]);
        assert_eq!(
            cut.findings,
            ["Wave 3 was to have 9 core devices; only 1 were left."]
        );
    }

    #[test]
    fn a_things_arn_is_of_its_partition() {
        assert_eq!(
            thing_arn(Partition::China, "cn-north-1", "123456789012", "gw:1"),
            "arn:aws-cn:iot:cn-north-1:123456789012:thing/gw:1"
        );
    }
}
