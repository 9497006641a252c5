//! Measures packing 20,000 groups and evaluating each of them against what came of it: one JSON line a figure.

use std::{io, time::Instant};

use overseed_domain::{
    Partition,
    permissions::{
        Answer, Asker, Groups, Objects, Pack, Packed, Place, Room, Rules, pack, packing_choices,
        read_statement,
    },
};

const GROUPS: u32 = 20_000;
const ROLE: &str = "arn:aws:iam::123456789012:role/Bulk";

fn say(name: &str, began: Instant) {
    let value = began.elapsed().as_secs_f64();
    println!(
        "{}",
        serde_json::json!({ "name": name, "value": value, "unit": "s" })
    );
}

/// Whether the policies allow each group.
fn allows_all(place: &Place, groups: &Groups, packed: &Packed) -> bool {
    let asker = Asker::Role(ROLE);
    let rules = Rules::read(packed.documents(), asker, &[]);
    groups.ids().iter().all(|id| {
        let arn = place.group_arn(id);
        rules.ask("greengrass:CreateDeployment", &arn) == Answer::Allowed
    })
}

fn main() -> io::Result<()> {
    let place = Place {
        partition: Partition::Aws,
        region: "eu-west-1".to_owned(),
        account: "123456789012".to_owned(),
    };
    let groups: Groups = (0..GROUPS)
        .map(|n| {
            let mixed = n.wrapping_mul(0x9E37_79B1);
            format!("{mixed:08x}-0000-4000-8000-{n:012x}")
        })
        .collect();
    let read = read_statement(&Objects::Prefix("in".to_owned()).arn(place.partition, "bucket"));
    // As IAM's quotas are, which ends in a wildcard; and as if there were none, so that each group is named.
    let boundless = Room {
        inline: u32::MAX,
        ..Room::default()
    };
    for (name, room) in [
        (
            "permissions: pack and evaluate 20,000 groups",
            Room::default(),
        ),
        (
            "permissions: pack and evaluate 20,000 groups by name",
            boundless,
        ),
    ] {
        let began = Instant::now();
        let choices = packing_choices(&place, &groups, Some(&read), room);
        let packed =
            pack(&place, &groups, Some(&read), room, Pack::Auto).map_err(io::Error::other)?;
        if choices.is_empty() || !allows_all(&place, &groups, &packed) {
            return Err(io::Error::other("a group that was packed is not allowed"));
        }
        say(name, began);
    }
    Ok(())
}
