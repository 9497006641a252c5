//! Whatever a text is, it is read or refused.

use overseed_domain::v2::recipe::{Recipe, check};
use proptest::prelude::*;

use super::RUNNER;

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "(\\PC|[\\n:{}\\[\\]\"'#|>&*!, -]){0,80}") {
        if let Ok(recipe) = Recipe::parse(&text) {
            let _ = check(&recipe);
            prop_assert_eq!(recipe.text(), text);
        }
    }

    #[test]
    fn any_part_of_a_recipe_is_read_or_refused(from in 0..RUNNER.len(), to in 0..RUNNER.len()) {
        let text = RUNNER.get(from.min(to)..from.max(to)).unwrap_or_default();
        if let Ok(recipe) = Recipe::parse(text) {
            for finding in check(&recipe) {
                prop_assert!(!finding.message.is_empty() && !finding.remedy.is_empty());
            }
        }
    }
}
