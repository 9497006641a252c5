//! As much of AWS as a driver reads while it watches: who calls, how the bulk deployment stands, and its reports. Its
//! answers cost next to nothing, so that what is measured is the reading. The end of the first reading is answered no
//! faster than Greengrass may be asked.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::measure::{Outcome, group_arn, group_id, spread, uuid};

/// What groups fail for, with what differs from one to the next in braces.
const WORDS: [(&str, &str); 12] = [
    (
        "400",
        "Deployment {d} of type NewDeployment for group {g} failed error: Unable to execute download step in deployment. error while downloading: error while downloading the Group definition file: Get https://{n}.example: x509: certificate has expired or is not yet valid",
    ),
    (
        "403",
        "User: arn:aws:sts::000000000000:assumed-role/Bulk/GreengrassBulkDeployment is not authorized to perform: greengrass:CreateDeployment on resource: {a}",
    ),
    ("404", "Version {d} of Group Definition {g} does not exist."),
    (
        "GG-303",
        "You need a Greengrass Core in this Group before you can deploy.",
    ),
    (
        "400",
        "Deployment {d} of type NewDeployment for group {g} failed error: worker handshake for {n} ended: peer speaks protocol {v}",
    ),
    (
        "400",
        "Deployment {d} of type NewDeployment for group {g} failed error: no space left on device /var/lib/{n} at {v}",
    ),
    (
        "500",
        "Deployment {d} of type NewDeployment for group {g} failed error: container {n} exited with code {v}",
    ),
    (
        "400",
        "Deployment {d} of type NewDeployment for group {g} failed error: the checksum of {n}.tar.gz differs",
    ),
    (
        "400",
        "Deployment {d} of type NewDeployment for group {g} failed error: java8: command not found on {n}",
    ),
    (
        "400",
        "Deployment {d} of type NewDeployment for group {g} failed error: permission denied: /greengrass/ggc/packages/{n}",
    ),
    (
        "400",
        "Deployment {d} of type NewDeployment for group {g} failed error: broker {n} refused the connection {v} times",
    ),
    (
        "GG-400",
        "The group is invalid or corrupted. (ErrorDetails: [A group version has exactly one Greengrass core])",
    ),
];

/// Greengrass V1 answers thirty requests a second of an operation (AWS General Reference, "AWS IoT Greengrass V1
/// endpoints and quotas").
const BETWEEN_REQUESTS: Duration = Duration::from_nanos(1_000_000_000 / 30);

/// Records of the first reading that come at that rate, half a minute of pages of fifty; those before come as fast as
/// they are taken.
const AT_RATE: u32 = 45_000;

/// The service and what it has seen.
#[derive(Debug)]
pub struct Service {
    pub endpoint: String,
    seen: Arc<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    /// Records of the bulk deployment, all of them attempted.
    records: AtomicU32,
    completed: AtomicBool,
    pages: AtomicU64,
    /// Each complete reading of all reports: from its first request to the first request after its last page.
    readings: Mutex<Vec<f64>>,
    reading: Mutex<Option<Instant>>,
    last_page: AtomicBool,
    /// How long the pages of the first reading took until they came at Greengrass's own rate.
    at_rate: Mutex<Option<f64>>,
}

impl Service {
    /// Listens on loopback until the process ends.
    pub fn start() -> Outcome<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let seen = Arc::new(Seen::default());
        let shared = Arc::clone(&seen);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let seen = Arc::clone(&shared);
                std::thread::spawn(move || {
                    if let Err(error) = answer_all(&stream, &seen) {
                        eprintln!("a connection ended: {error}");
                    }
                });
            }
        });
        Ok(Self { endpoint, seen })
    }

    /// A bulk deployment of so many groups, running.
    pub fn begin(&self, records: u32) {
        self.seen.records.store(records, Ordering::SeqCst);
        self.seen.completed.store(false, Ordering::SeqCst);
        // The last reading of the run before ended with the run.
        self.seen.last_page.store(false, Ordering::SeqCst);
        *lock(&self.seen.reading) = None;
        lock(&self.seen.readings).clear();
        *lock(&self.seen.at_rate) = None;
    }

    /// Records a second that were taken in until Greengrass's own rate held them up.
    pub fn taken_in(&self) -> Option<f64> {
        let seconds = (*lock(&self.seen.at_rate))?;
        let records = self.seen.records.load(Ordering::SeqCst);
        Some(f64::from(records.saturating_sub(AT_RATE)) / seconds)
    }

    /// Whether the first reading is at its end, where pages come at Greengrass's own rate.
    pub fn is_at_rate(&self) -> bool {
        lock(&self.seen.at_rate).is_some() && lock(&self.seen.readings).is_empty()
    }

    /// The bulk deployment has ended.
    pub fn complete(&self) {
        self.seen.completed.store(true, Ordering::SeqCst);
    }

    /// Seconds that each reading of all reports took so far.
    pub fn readings(&self) -> Vec<f64> {
        lock(&self.seen.readings).clone()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn answer_all(stream: &TcpStream, seen: &Seen) -> Outcome<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    loop {
        let mut first = String::new();
        if reader.read_line(&mut first)? == 0 {
            return Ok(());
        }
        let mut length = 0;
        loop {
            let mut header = String::new();
            reader.read_line(&mut header)?;
            let header = header.trim().to_ascii_lowercase();
            if header.is_empty() {
                break;
            }
            if let Some(text) = header.strip_prefix("content-length:") {
                length = text.trim().parse()?;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let path = first.split_whitespace().nth(1).unwrap_or_default();
        let (kind, body) = seen.answer(path);
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nx-amzn-requestid: {}\r\n\r\n",
            body.len(),
            uuid(seen.pages.load(Ordering::Relaxed))
        );
        let mut stream = stream;
        stream.write_all(head.as_bytes())?;
        stream.write_all(body.as_bytes())?;
    }
}

impl Seen {
    fn answer(&self, path: &str) -> (&'static str, String) {
        if self.last_page.swap(false, Ordering::SeqCst)
            && let Some(began) = lock(&self.reading).take()
        {
            lock(&self.readings).push(began.elapsed().as_secs_f64());
        }
        if path == "/" {
            let xml = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
                <Arn>arn:aws:iam::000000000000:user/bench</Arn><UserId>AIDA</UserId><Account>000000000000</Account>\
                </GetCallerIdentityResult></GetCallerIdentityResponse>";
            return ("text/xml", xml.to_owned());
        }
        let answer = if path.contains("/detailed-reports") {
            self.reports(path)
        } else {
            let status = if self.completed.load(Ordering::SeqCst) {
                "Completed"
            } else {
                "Running"
            };
            let records = self.records.load(Ordering::SeqCst);
            json!({
                "BulkDeploymentMetrics": {
                    "InvalidInputRecords": 0, "RecordsProcessed": records, "RetryAttempts": 0,
                },
                "BulkDeploymentStatus": status,
                "CreatedAt": "2026-11-21T09:00:00.000Z",
                "tags": {},
            })
        };
        ("application/json", answer.to_string())
    }

    fn hold_up(&self) {
        let began = *lock(&self.reading);
        if let Some(began) = began {
            let mut at_rate = lock(&self.at_rate);
            at_rate.get_or_insert_with(|| began.elapsed().as_secs_f64());
        }
        std::thread::sleep(BETWEEN_REQUESTS);
    }

    /// A page as large as asked for, newest first.
    fn reports(&self, path: &str) -> Value {
        self.pages.fetch_add(1, Ordering::Relaxed);
        let asked = |name: &str| {
            path.split(['?', '&'])
                .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
                .and_then(|text| text.parse::<u32>().ok())
        };
        let token = asked("NextToken");
        if token.is_none() {
            *lock(&self.reading) = Some(Instant::now());
        }
        let end = token.unwrap_or_else(|| self.records.load(Ordering::SeqCst));
        if end <= AT_RATE && lock(&self.readings).is_empty() {
            self.hold_up();
        }
        let first = end.saturating_sub(asked("MaxResults").unwrap_or(50));
        let reports: Vec<Value> = (first..end).rev().map(report).collect();
        if first == 0 {
            self.last_page.store(true, Ordering::SeqCst);
            return json!({ "Deployments": reports });
        }
        json!({ "Deployments": reports, "NextToken": first.to_string() })
    }
}

fn report(number: u32) -> Value {
    let drawn = spread(u64::from(number) ^ 0x5EED);
    let (group, deployment) = (group_id(number), uuid(drawn));
    let arn = group_arn(&group);
    let (code, words) = WORDS
        .get(drawn as usize % WORDS.len())
        .copied()
        .unwrap_or_default();
    let words = words
        .replace("{d}", &deployment)
        .replace("{g}", &group)
        .replace("{a}", &arn)
        .replace("{n}", &format!("core-{number:06}"))
        .replace("{v}", &(drawn % 1_000).to_string());
    json!({
        "CreatedAt": "2026-11-21T09:00:00.000Z",
        "DeploymentArn": format!("{arn}/deployments/{deployment}"),
        "DeploymentId": deployment,
        "DeploymentStatus": "Failure",
        "DeploymentType": "NewDeployment",
        "ErrorDetails": [{ "DetailedErrorCode": code, "DetailedErrorMessage": words }],
        "ErrorMessage": words,
        "GroupArn": arn,
    })
}
