//! Sentences of the page that come from tables in the crates: written as files that the page
//! fetches when it needs them.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result};
use hintfault::Refusal;
use hintfault_explain::{Language, words_of_refusal};

use crate::project::Project;

/// The page's languages, as they stand in the names of the files.
const LANGUAGES: [(&str, Language); 2] = [("en", Language::En), ("zh", Language::Zh)];

/// Writes `texts/refusals.<language>.json` of the page: by rule, why the kernel refuses.
///
/// # Errors
/// If a file cannot be written.
pub fn write_texts(project: &Project) -> Result<()> {
    let folder = project.dist_dir().join("texts");
    fs::create_dir_all(&folder).with_context(|| format!("create {}", folder.display()))?;
    for (name, language) in LANGUAGES {
        let path = folder.join(format!("refusals.{name}.json"));
        let text = serde_json::to_string(&refusals(language))?;
        fs::write(&path, text).with_context(|| format!("write {}", path.display()))?;
    }
    Ok(())
}

fn refusals(language: Language) -> BTreeMap<&'static str, &'static str> {
    Refusal::ALL.iter().map(|&rule| (rule.id(), words_of_refusal(rule).in_language(language))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_a_sentence_in_each_language() {
        let [en, zh] = LANGUAGES.map(|(_, language)| refusals(language));
        assert_eq!(en.len(), Refusal::ALL.len());
        assert!(en.keys().eq(zh.keys()));
        assert!(en.iter().all(|(id, words)| words != id && zh[id] != *id && *words != zh[id]));
    }
}
