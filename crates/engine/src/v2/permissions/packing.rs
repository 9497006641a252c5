//! How what a role needs comes into its policies: inline, managed, and only then wider.

use overseed_domain::{
    figures::grouped,
    permissions::{Packed, Place, Room, whole},
    v2::roles::{DevicePolicies, Grant, engine_fitting, pack_device, role_document},
};

use super::{
    judge::RoleNeeds,
    needs::{DeviceNeeds, EngineNeeds},
};
use crate::permissions::{RoleKind, found::Policies};

/// Grants, what they widen, and our policies with them or why they do not fit.
type Proposed = (Vec<Grant>, Option<String>, Result<Packed, String>);

/// The narrowest that fits.
pub(super) fn proposed(
    needs: &RoleNeeds,
    place: &Place,
    present: &Policies,
    room: Room,
) -> Proposed {
    match needs {
        RoleNeeds::Engine(needs) => engine(needs, place, room),
        RoleNeeds::Device(needs) => device(needs, &devices(present), room),
    }
}

/// In the order of V1's packing.
fn device(needs: &DeviceNeeds, present: &DevicePolicies, room: Room) -> Proposed {
    let narrow = pack_device(present, &needs.grants, room);
    let why = match narrow {
        Ok(packed) => return (needs.grants.clone(), None, Ok(packed)),
        Err(why) => why,
    };
    let wide = needs.wide.as_ref().map(|wide| {
        let packed = pack_device(present, wide, room);
        (wide.clone(), packed)
    });
    match wide {
        Some((wide, Ok(packed))) => {
            let widened = format!(
                "{why} So it may read whatever lies beside the artifacts in all versions, and not them alone."
            );
            (wide, Some(widened), Ok(packed))
        }
        _ => (needs.grants.clone(), None, Err(too_much(&why))),
    }
}

/// Our policies as they are: those that an interrupted change has left unattached hold nowhere.
fn devices(present: &Policies) -> DevicePolicies {
    let inline = present.inline.get(RoleKind::Device.policy());
    let attached = present.managed.iter().filter(|own| own.attached);
    DevicePolicies {
        inline: inline.cloned(),
        managed: attached
            .map(|own| (own.document.clone(), !own.elsewhere))
            .collect(),
    }
}

/// One document, which names its targets where they fit.
fn engine(needs: &EngineNeeds, place: &Place, room: Room) -> Proposed {
    let mut size = 0;
    for most in [room.inline, room.managed] {
        let (grants, widened) = engine_fitting(&needs.of(place), most);
        let document = role_document(&grants);
        size = document.size();
        if size <= most
            && let Some(packed) = whole(document, room)
        {
            return (grants, widened, Ok(packed));
        }
    }
    let (grants, _) = engine_fitting(&needs.of(place), room.inline);
    let why = format!(
        "What is needed takes {} characters: the role has {} left for inline policies, and can have {} managed policies of \
         {} each beside those of others.",
        grouped(size),
        grouped(room.inline),
        room.attachments,
        grouped(room.managed),
    );
    (grants, None, Err(too_much(&why)))
}

fn too_much(why: &str) -> String {
    format!("{why} Detach or shorten policies of others, or use another role.")
}
