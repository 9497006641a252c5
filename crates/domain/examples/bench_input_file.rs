//! Measures making and checking an input file of 704,000 records (about 100 MB): one JSON line a figure.
//! With a path as argument the file is kept there, for comparing with other programs; with `--check PATH` only that
//! file is checked.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
    time::Instant,
};

use overseed_domain::input_file::{FileSummary, Writer, check};

const RECORDS: u32 = 704_000;
const SEED: u64 = 7;

/// A stream of numbers from a seed (splitmix64).
struct Draws(u64);

impl Draws {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn uuid(&mut self, text: &mut String) {
        use std::fmt::Write as _;
        let (a, b) = (self.next(), self.next());
        text.clear();
        // Writing to a text cannot fail.
        let _ = write!(
            text,
            "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
            a >> 32,
            (a >> 16) & 0xFFFF,
            a & 0xFFF,
            b >> 52,
            b & 0xFFFF_FFFF_FFFF
        );
    }
}

fn say(name: &str, value: f64, unit: &str) {
    println!(
        "{}",
        serde_json::json!({ "name": name, "value": value, "unit": unit })
    );
}

/// The most memory that the process has held so far, in megabytes; `None` where the system does not tell.
fn peak_memory() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes * 1024.0 / 1e6)
}

fn say_memory() {
    if let Some(megabytes) = peak_memory() {
        say("input file: peak memory", megabytes, "MB");
    }
}

/// The best of three.
#[allow(clippy::cast_precision_loss, reason = "figures for people")]
fn measure_check(path: &Path) -> io::Result<FileSummary> {
    let mut best = f64::INFINITY;
    let mut summary = FileSummary::default();
    for _ in 0..3 {
        let began = Instant::now();
        summary = check(File::open(path)?, &mut |_| {})?;
        best = best.min(began.elapsed().as_secs_f64());
    }
    say(
        "input file: check",
        summary.bytes as f64 / 1e6 / best,
        "MB/s",
    );
    Ok(summary)
}

fn main() -> io::Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    let kept = match arguments.next() {
        Some(word) if word == "--check" => {
            let path = arguments.next().map(PathBuf::from).unwrap_or_default();
            measure_check(&path)?;
            say_memory();
            return Ok(());
        }
        word => word.map(PathBuf::from),
    };
    let path = kept.clone().unwrap_or_else(|| {
        std::env::temp_dir().join(format!("overseed-bench-{}.jsonl", std::process::id()))
    });
    let began = Instant::now();
    let mut writer = Writer::new(File::create(&path)?);
    let mut draws = Draws(SEED);
    let (mut group, mut version) = (String::new(), String::new());
    for _ in 0..RECORDS {
        draws.uuid(&mut group);
        draws.uuid(&mut version);
        writer.record(&group, &version)?;
    }
    let (_, made) = writer.finish()?;
    say(
        "input file: make 704,000 records",
        began.elapsed().as_secs_f64(),
        "s",
    );

    if measure_check(&path)? != made {
        return Err(io::Error::other(
            "the file just made is not found as it was made",
        ));
    }
    say_memory();
    if kept.is_none() {
        std::fs::remove_file(&path)?;
    }
    Ok(())
}
