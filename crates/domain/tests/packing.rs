//! Any number of groups packs within every limit, or is refused with the way that fits; what is packed allows each group
//! and nothing else, evaluated by `iam-rs`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use overseed_domain::{
    Partition,
    permissions::{
        Answer, Asker, Document, Groups, Objects, Pack, Packed, Packing, Place, Room, Rules,
        Statement, pack, packing_choices, read_statement,
    },
};
use proptest::prelude::*;

const DEPLOY: &str = "greengrass:CreateDeployment";
const ROLE: &str = "arn:aws:iam::123456789012:role/Bulk";

fn place(partition: Partition) -> Place {
    let region = match partition {
        Partition::Aws => "eu-west-1",
        Partition::China => "cn-north-1",
        Partition::UsGov => "us-gov-west-1",
    };
    Place {
        partition,
        region: region.into(),
        account: "123456789012".into(),
    }
}

/// So many different ids, in no order.
fn ids(count: u32, seed: u32) -> Groups {
    (0..count)
        .map(|n| {
            let mixed = (n ^ seed).wrapping_mul(0x9e37_79b1);
            format!("{mixed:08x}-0000-4000-8000-{seed:012x}")
        })
        .collect()
}

fn read(place: &Place) -> Statement {
    read_statement(&Objects::Prefix("in".into()).arn(place.partition, "bucket"))
}

struct Allows(Rules);

impl Allows {
    fn of(packed: &Packed) -> Self {
        Self(Rules::read(packed.documents(), Asker::Role(ROLE), &[]))
    }

    fn it(&self, action: &str, resource: &str) -> bool {
        self.0.ask(action, resource) == Answer::Allowed
    }
}

fn within(packed: &Packed, room: Room) -> bool {
    packed.inline.as_ref().map_or(0, Document::size) <= room.inline
        && packed.managed.iter().all(|d| d.size() <= room.managed)
        && packed.managed.len() <= room.attachments as usize
}

#[test]
fn the_order_is_inline_managed_wildcard() {
    let place = place(Partition::Aws);
    let read = read(&place);
    let way = |count| {
        let packed = pack(
            &place,
            &ids(count, 7),
            Some(&read),
            Room::default(),
            Pack::Auto,
        )
        .unwrap();
        (
            packed.packing,
            packed.inline.is_some(),
            packed.managed.len(),
            packed.widened.is_some(),
        )
    };
    assert_eq!(way(1), (Packing::Inline, true, 0, false));
    assert_eq!(way(99), (Packing::Inline, true, 0, false));
    assert_eq!(way(110), (Packing::Managed, false, 2, false));
    // Ten policies of sixty groups, and the inline policy with the rest.
    assert_eq!(way(650), (Packing::Managed, true, 10, false));
    assert_eq!(way(800), (Packing::Wildcard, true, 0, true));
    // More than are kept.
    assert_eq!(way(20_001), (Packing::Wildcard, true, 0, true));
}

#[test]
fn what_is_asked_for_is_given_or_refused_with_what_fits() {
    let place = place(Partition::Aws);
    let read = read(&place);
    let asked = |count, room, way| pack(&place, &ids(count, 7), Some(&read), room, way);
    let few = asked(3, Room::default(), Pack::Managed).unwrap();
    assert_eq!((few.inline, few.managed.len()), (None, 1));
    let wide = asked(3, Room::default(), Pack::Wildcard).unwrap();
    assert_eq!(wide.packing, Packing::Wildcard);

    let refused = asked(200, Room::default(), Pack::Inline).unwrap_err();
    assert_eq!(refused.fits, Some(Packing::Managed));
    insta::assert_snapshot!("inline_refused", refused);
    let refused = asked(5_000, Room::default(), Pack::Managed).unwrap_err();
    assert_eq!(refused.fits, Some(Packing::Wildcard));
    insta::assert_snapshot!("managed_refused", refused);

    // Other policies have taken the room.
    let crowded = Room {
        inline: 200,
        ..Room::default()
    };
    let around = asked(800, crowded, Pack::Auto).unwrap();
    assert_eq!(
        (around.packing, around.inline, around.managed.len()),
        (Packing::Wildcard, None, 1)
    );
    let full = Room {
        attachments: 0,
        ..crowded
    };
    let refused = asked(3, full, Pack::Auto).unwrap_err();
    assert_eq!(refused.fits, None);
    insta::assert_snapshot!("no_room", refused);
}

#[test]
fn the_choices_say_what_each_takes() {
    let place = place(Partition::Aws);
    let read = read(&place);
    let choices = |count| packing_choices(&place, &ids(count, 7), Some(&read), Room::default());
    insta::assert_json_snapshot!("choices_of_300", choices(300));
    let many = choices(25_000);
    assert_eq!(
        many.iter().map(|c| c.fits).collect::<Vec<_>>(),
        [false, false, true]
    );
    assert!(many[0].detail.contains("about "), "{}", many[0].detail);
}

#[test]
fn without_a_statement_for_reading_there_is_none() {
    let place = place(Partition::Aws);
    let packed = pack(&place, &ids(70, 1), None, Room::default(), Pack::Managed).unwrap();
    let allows = Allows::of(&packed);
    assert!(!allows.it("s3:GetObject", "arn:aws:s3:::bucket/in/file"));
    assert!(packed.documents().all(|d| d.statements().len() == 1));
}

fn partitions() -> impl Strategy<Value = Partition> {
    prop_oneof![
        Just(Partition::Aws),
        Just(Partition::China),
        Just(Partition::UsGov)
    ]
}

fn rooms() -> impl Strategy<Value = Room> {
    let inline = prop_oneof![Just(10_240_u32), 0_u32..10_240];
    (inline, 0_u32..=20).prop_map(|(inline, attachments)| Room {
        inline,
        attachments,
        ..Room::default()
    })
}

fn ways() -> impl Strategy<Value = Pack> {
    prop_oneof![
        Just(Pack::Auto),
        Just(Pack::Inline),
        Just(Pack::Managed),
        Just(Pack::Wildcard)
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn each_group_and_nothing_else(
        partition in partitions(),
        count in prop_oneof![1_u32..150, 150_u32..1_500, 1_500_u32..=20_000],
        seed in 1_u32..1_000,
        room in rooms(),
        way in ways(),
        prefixed in any::<bool>(),
    ) {
        let place = place(partition);
        let plain = ids(count, seed);
        let groups: Groups = plain.ids().iter()
            .map(|id| if prefixed { format!("{}:{id}", place.account) } else { id.clone() })
            .collect();
        let read = read(&place);
        let packed = match pack(&place, &groups, Some(&read), room, way) {
            Ok(packed) => packed,
            Err(refused) => {
                // The way that is named does fit; where none is named none does.
                for (named, other) in [(Packing::Inline, Pack::Inline), (Packing::Managed, Pack::Managed),
                    (Packing::Wildcard, Pack::Wildcard)] {
                    let fits = pack(&place, &groups, Some(&read), room, other).is_ok();
                    prop_assert!(refused.fits != Some(named) || fits);
                    prop_assert!(refused.fits.is_some() || !fits);
                }
                return Ok(());
            }
        };
        prop_assert!(within(&packed, room), "{:?}", packed.packing);
        prop_assert_eq!(packed.widened.is_some(), packed.packing == Packing::Wildcard);
        let allows = Allows::of(&packed);
        for id in plain.ids() {
            prop_assert!(allows.it(DEPLOY, &place.group_arn(id)), "{}", id);
        }
        let one = place.group_arn(&plain.ids()[0]);
        prop_assert_eq!(
            allows.it(DEPLOY, &place.group_arn("not-selected")),
            packed.packing == Packing::Wildcard
        );
        prop_assert!(!allows.it("greengrass:DeleteGroup", &one));
        prop_assert!(!allows.it(DEPLOY, &one.replace("123456789012", "210987654321")));
        prop_assert!(!allows.it(DEPLOY, &one.replace(&place.region, "xx-east-9")));
        let object = format!("arn:{partition}:s3:::bucket/in/plan/wave-001.jsonl");
        prop_assert!(allows.it("s3:GetObject", &object));
        prop_assert!(!allows.it("s3:PutObject", &object));
        prop_assert!(!allows.it("s3:GetObject", &object.replace("/in/", "/out/")));
    }

    /// A policy is filled to the last character that fits.
    #[test]
    fn no_room_is_given_away(count in 1_u32..130) {
        let place = place(Partition::Aws);
        let groups = ids(count, 3);
        let whole = pack(&place, &groups, None, Room { inline: u32::MAX, ..Room::default() }, Pack::Inline).unwrap();
        let size = whole.inline.unwrap().size();
        let with = |inline| pack(&place, &groups, None, Room { inline, ..Room::default() }, Pack::Inline);
        // One resource needs no list: two characters are counted that are not there.
        let spare = if count == 1 { 2 } else { 0 };
        prop_assert!(with(size + spare).is_ok());
        prop_assert!(with(size - 1).is_err());
    }
}
