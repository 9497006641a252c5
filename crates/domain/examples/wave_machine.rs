//! Prints the state machine of a wave, for checking it with other programs. Arguments: partition, bucket, key,
//! prefix of the results, seconds to settle, seconds between two looks, concurrency.

use std::process::ExitCode;

use overseed_domain::v2::state_machine::WaveMachine;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(machine) = machine(&arguments) else {
        eprintln!("usage: wave_machine PARTITION BUCKET KEY PREFIX SETTLE POLL CONCURRENCY");
        return ExitCode::FAILURE;
    };
    println!("{:#}", machine.definition());
    ExitCode::SUCCESS
}

fn machine(arguments: &[String]) -> Option<WaveMachine> {
    let [partition, bucket, key, prefix, settle, poll, concurrency] = arguments else {
        return None;
    };
    Some(WaveMachine {
        partition: partition.clone(),
        bucket: bucket.clone(),
        key: key.clone(),
        results_bucket: bucket.clone(),
        results_prefix: prefix.clone(),
        settle_seconds: settle.parse().ok()?,
        poll_seconds: poll.parse().ok()?,
        concurrency: concurrency.parse().ok()?,
    })
}
