//! Everything that looks random is drawn from the seed: the same question has the same answer for ever.

/// A number that depends on all parts, evenly spread over 64 bits (SplitMix64's finaliser, folded).
pub(crate) fn draw(parts: &[u64]) -> u64 {
    parts
        .iter()
        .fold(0x243f_6a88_85a3_08d3, |state, part| finish(state ^ *part))
}

/// A number below `end` (0 when `end` is 0).
pub(crate) fn below(end: u32, parts: &[u64]) -> u32 {
    // The product keeps the upper half: unbiased enough for pictures of fleets.
    let wide = u128::from(draw(parts)) * u128::from(end);
    u32::try_from(wide >> 64).unwrap_or(0)
}

/// A number from 0 (included) to 1 (excluded).
#[expect(
    clippy::cast_precision_loss,
    reason = "53 bits fit into an f64 exactly"
)]
pub(crate) fn unit(parts: &[u64]) -> f64 {
    (draw(parts) >> 11) as f64 / (1_u64 << 53) as f64
}

/// One item of a list; `None` only for an empty list.
pub(crate) fn pick<'a, T>(items: &'a [T], parts: &[u64]) -> Option<&'a T> {
    let end = u32::try_from(items.len()).unwrap_or(u32::MAX);
    items.get(usize::try_from(below(end, parts)).unwrap_or(0))
}

fn finish(mut state: u64) -> u64 {
    state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}
