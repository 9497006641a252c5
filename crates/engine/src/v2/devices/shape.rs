//! What core devices are to the inventory.

use roaring::RoaringBitmap;
use rusqlite::{Connection, Transaction, params};

use super::DeviceSort;
use crate::{
    Error,
    inventory::{Meaning, Order, Shape, Stamp, Text, stored},
};

const THING_NAME: usize = 0;
const STATUS: usize = 1;
const PLATFORM: usize = 2;
const ARCHITECTURE: usize = 3;
const NUCLEUS: usize = 4;

/// Core devices of Greengrass V2.
pub(crate) static CORE_DEVICES: Shape = Shape {
    one: "core device",
    many: "core devices",
    table: "core_device",
    listing: "device_listing",
    draft: "device_draft",
    key: "thing_name",
    texts: &[
        Text::one("thing_name", "thingName"),
        Text::one("status", "status"),
        Text::one("platform", "platform"),
        Text::one("architecture", "architecture"),
        Text::one("nucleus", "nucleus"),
        Text::one("runtime", "runtime"),
        Text {
            column: "thing_groups",
            property: "thingGroup",
            several: true,
        },
    ],
    times: &[Stamp {
        column: "last_status_at",
        property: "lastStatusAt",
    }],
    name: THING_NAME,
    id: THING_NAME,
    free: &[THING_NAME],
    // The numbers are those of `deployable_to_store`.
    deployable: &[
        ("yes", &[0]),
        ("true", &[0]),
        ("no", &[4]),
        ("false", &[4]),
        ("gone", &[4]),
    ],
    normal: thing_name,
    meaning,
    make_draft,
    changed,
    forget: |_, _, _, _| Ok(()),
    choose: None,
};

impl From<DeviceSort> for Order {
    fn from(sort: DeviceSort) -> Self {
        match sort {
            DeviceSort::ThingName => Self::Text(THING_NAME),
            DeviceSort::Status => Self::Text(STATUS),
            DeviceSort::LastStatusAt => Self::Time(0),
            DeviceSort::Platform => Self::Text(PLATFORM),
            DeviceSort::Architecture => Self::Text(ARCHITECTURE),
            DeviceSort::Nucleus => Self::Text(NUCLEUS),
        }
    }
}

/// The thing's name, of itself or of its ARN (`arn:aws:iot:REGION:ACCOUNT:thing/NAME`); names have no slash.
fn thing_name(text: &str) -> &str {
    text.strip_prefix("arn:")
        .and_then(|arn| arn.rsplit_once(":thing/"))
        .map_or(text, |(_, name)| name)
}

/// The meaning of a column's title or a field's key, in lower case and without blanks, `_` and `-`. Lists for V2 may
/// have any other column: its values are for templates.
fn meaning(title: &str) -> Option<Meaning> {
    matches!(
        title,
        "thing"
            | "thingname"
            | "thingarn"
            | "targetarn"
            | "device"
            | "devicename"
            | "coredevice"
            | "coredevicename"
            | "coredevicethingname"
            | "name"
    )
    .then_some(Meaning::Name)
}

fn make_draft(tx: &Transaction<'_>, scope: i64, _sandbox: bool) -> Result<(), Error> {
    tx.prepare_cached("INSERT INTO device_draft (scope) VALUES (?1) ON CONFLICT DO NOTHING")?
        .execute([scope])?;
    Ok(())
}

fn changed(tx: &Transaction<'_>, scope: i64) -> Result<(), Error> {
    tx.prepare_cached("UPDATE device_draft SET revision = revision + 1 WHERE scope = ?1")?
        .execute([scope])?;
    Ok(())
}

/// Calls `f` with ordinal and thing name of each selected device, in the order of ordinals.
pub(crate) fn for_each_selected_device(
    connection: &Connection,
    scope: i64,
    f: &mut dyn FnMut(u32, &str) -> Result<(), Error>,
) -> Result<(), Error> {
    let (selection, _): (RoaringBitmap, _) = stored::selections(connection, &CORE_DEVICES, scope)?;
    let mut statement = connection
        .prepare_cached("SELECT thing_name FROM core_device WHERE scope = ?1 AND ordinal = ?2")?;
    for ordinal in &selection {
        let mut rows = statement.query(params![scope, ordinal])?;
        if let Some(row) = rows.next()?
            && let Some(name) = stored::text(row, 0)?
        {
            f(ordinal, name)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_named_by_its_thing_or_its_arn() {
        assert_eq!(thing_name("gw-1"), "gw-1");
        assert_eq!(
            thing_name("arn:aws:iot:eu-west-1:123456789012:thing/gw:1"),
            "gw:1"
        );
        assert_eq!(
            thing_name("arn:aws:iot:eu-west-1:1:thinggroup/x"),
            "arn:aws:iot:eu-west-1:1:thinggroup/x"
        );
    }
}
