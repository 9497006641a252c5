//! Measures planning 100,000 core devices: merge, diff and gather. Half of them share a present deployment by model and
//! all get templates; a tenth has a row of its own; the other half has a present deployment each. One JSON line a figure.

use std::{io, time::Instant};

use overseed_domain::v2::{
    document::DeploymentDocument,
    gather::Gather,
    intent::Intent,
    plan::{PlanTarget, Planner, Present, TargetKind},
    rows::{RowFormat, Rows},
};
use serde_json::json;

const DEVICES: u32 = 100_000;

fn say(name: &str, value: f64, unit: &str) {
    println!(
        "{}",
        serde_json::json!({ "name": name, "value": value, "unit": unit })
    );
}

/// The most memory that the process had, in megabytes; only Linux tells.
fn peak() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    let kilobytes: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes * 1024.0 / 1e6)
}

fn thing(number: u32) -> String {
    format!("plant-{:02}-core-{number:06}", number % 40)
}

/// A present deployment of eight components, of which three are configured.
fn present(number: u32) -> io::Result<String> {
    // Devices of odd numbers have their own configuration, those of even ones that of their model.
    let serial = if number % 2 == 1 {
        thing(number)
    } else {
        format!("model-{}", number % 64)
    };
    let mut components = json!({
        "aws.greengrass.Nucleus": { "componentVersion": "2.12.6" },
        "aws.greengrass.Cli": { "componentVersion": "2.12.6" },
        "aws.greengrass.TokenExchangeService": { "componentVersion": "2.0.3" },
        "aws.greengrass.LogManager": {
            "componentVersion": "2.3.7",
            "configurationUpdate": { "merge": json!({
                "logsUploaderConfiguration": {
                    "systemLogsConfiguration": { "uploadToCloudWatch": "true", "minimumLogLevel": "WARN" },
                    "componentLogsConfigurationMap": { "com.example.App": { "diskSpaceLimit": "10" } },
                },
            }).to_string() },
        },
        "com.example.App": {
            "componentVersion": format!("1.{}.0", number % 7),
            "configurationUpdate": {
                "merge": json!({
                    "serial": serial, "interval": "30",
                    "topics": ["plant/+/state", "plant/+/alarm"],
                    "network": { "port": "8080", "tls": "true", "hosts": ["a", "b", "c"] },
                }).to_string(),
                "reset": ["/legacy"],
            },
        },
        "EdgeImpulseLinuxRunnerServiceComponent": {
            "componentVersion": "1.0.0",
            "configurationUpdate": { "merge": json!({ "Parameters": {
                "device_name": serial, "gst_args": "__none__", "eiparams": "--greengrass",
                "iotcore_backoff": "5", "iotcore_qos": "1",
            } }).to_string() },
        },
    });
    for extra in ["com.example.Metrics", "com.example.Watchdog"] {
        if let Some(components) = components.as_object_mut() {
            components.insert(extra.to_owned(), json!({ "componentVersion": "3.1.4" }));
        }
    }
    let document: DeploymentDocument = serde_json::from_value(json!({
        "components": components,
        "deploymentName": "Fleet",
        "deploymentPolicies": { "failureHandlingPolicy": "ROLLBACK" },
    }))?;
    Ok(serde_json::to_string(&document)?)
}

fn intent() -> io::Result<Intent> {
    Ok(serde_json::from_value(json!({
        "components": {
            "com.example.App": {
                "change": "set", "version": "2.0.0", "reset": ["/network/port"],
                "merge": json!({ "network": { "tls": "strict" }, "topics": ["plant/{site}/state"] }).to_string(),
            },
            "EdgeImpulseLinuxRunnerServiceComponent": {
                "change": "set", "version": "1.1.0",
                "merge": json!({ "Parameters": { "device_name": "{thingName}" } }).to_string(),
            },
            "com.example.Watchdog": { "change": "remove" },
        },
        "policies": { "componentUpdatePolicy": { "timeoutInSeconds": 120 } },
    }))?)
}

fn rows() -> io::Result<Rows> {
    let mut text =
        String::from("thingName,site,component:com.example.App,config:com.example.App/interval\n");
    for number in 0..DEVICES {
        let version = if number % 10 == 0 { "2.0.1" } else { "" };
        let interval = if number % 10 == 0 { "15" } else { "" };
        text.push_str(&format!(
            "{},site-{},{version},{interval}\n",
            thing(number),
            number % 40
        ));
    }
    let mut findings = 0;
    let rows = Rows::read(text.as_bytes(), RowFormat::Csv, &mut |_| findings += 1)?;
    if findings > 0 {
        return Err(io::Error::other("the rows have findings"));
    }
    Ok(rows)
}

fn main() -> io::Result<()> {
    let rows = rows()?;
    let mut planner = Planner::new(vec![intent()?.compile()]).map_err(io::Error::other)?;
    let mut gather = Gather::default();
    // The present documents come from the store, one by one; making them is not what is measured.
    let mut spent = std::time::Duration::ZERO;
    for number in 0..DEVICES {
        let name = thing(number);
        let text = present(number)?;
        let began = Instant::now();
        let row = rows.of(&name);
        let own = row.map(|row| row.compile());
        let values = |wanted: &str| row.and_then(|row| row.value(wanted));
        let planned = planner
            .plan(&PlanTarget {
                name: &name,
                kind: TargetKind::Thing,
                present: Present::Text(&text),
                fixed: None,
                layers: &[0],
                own: own.as_ref(),
                values: &values,
            })
            .map_err(io::Error::other)?;
        gather.add(&planned);
        spent += began.elapsed();
    }
    if gather.refused() > 0 || gather.groups().len() < DEVICES as usize / 2 {
        return Err(io::Error::other("the plan is not what it should be"));
    }
    say("v2: plan 100,000 devices", spent.as_secs_f64(), "s");
    if let Some(peak) = peak() {
        say("v2: plan, peak memory", peak, "MB");
    }
    Ok(())
}
