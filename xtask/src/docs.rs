//! The documentation as pages beside the page, so that its links work from any host and offline.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

use crate::project::Project;

/// The documents that the page links to.
const DOCUMENTS: &[&str] =
    &["architecture", "conformance", "explain", "model-vs-kernel", "performance", "scenario-format"];

const STYLE: &str = "body{max-width:76ch;margin:2rem auto;padding:0 1rem;font:16px/1.55 system-ui,sans-serif;\
color:#171c21;background:#fff;overflow-wrap:anywhere}code,pre{font:14px/1.5 ui-monospace,monospace}\
pre{padding:.8rem;overflow:auto;background:#f2f4f6}table{display:block;overflow:auto;border-collapse:collapse}\
th,td{padding:.3rem .6rem;border:1px solid #d9dee3;text-align:start;vertical-align:top}a{color:#0b5cad}\
:target{background:#e4eef8}@media(prefers-color-scheme:dark){body{color:#e7ebef;background:#14181d}\
pre{background:#0d1014}th,td{border-color:#2a3139}a{color:#7ab8f5}:target{background:#1b2b3b}}";

/// Writes the documents into the built page's folder `docs`.
///
/// # Errors
/// If a document cannot be read or written.
pub fn write_docs(project: &Project) -> Result<()> {
    let folder = project.dist_dir().join("docs");
    fs::create_dir_all(&folder).with_context(|| format!("make {}", folder.display()))?;
    for name in DOCUMENTS {
        let source = project.root.join(format!("docs/{name}.md"));
        let text = fs::read_to_string(&source).with_context(|| format!("read {}", source.display()))?;
        let target = folder.join(format!("{name}.html"));
        fs::write(&target, page(&text)).with_context(|| format!("write {}", target.display()))?;
    }
    Ok(())
}

/// One document as a page of its own.
fn page(markdown: &str) -> String {
    let mut events: Vec<Event<'_>> = Parser::new_ext(markdown, Options::ENABLE_TABLES).map(relinked).collect();
    let title = name_headings(&mut events);
    let mut body = String::new();
    html::push_html(&mut body, events.into_iter());
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title} · Hintfault</title>\n<style>{STYLE}</style>\n<main>\n{body}</main>\n</html>\n"
    )
}

/// Links between documents lead to their pages.
fn relinked(event: Event<'_>) -> Event<'_> {
    let Event::Start(Tag::Link { link_type, dest_url, title, id }) = event else { return event };
    let (file, anchor) = dest_url.split_once('#').unwrap_or((&dest_url, ""));
    let dest_url = match Path::new(file).file_stem().and_then(|stem| stem.to_str()) {
        Some(stem) if DOCUMENTS.contains(&stem) => {
            let hash = if anchor.is_empty() { "" } else { "#" };
            CowStr::from(format!("{stem}.html{hash}{anchor}"))
        }
        _ => dest_url,
    };
    Event::Start(Tag::Link { link_type, dest_url, title, id })
}

/// Gives each heading a name to link to, as code hosts do; returns the first heading.
fn name_headings(events: &mut [Event<'_>]) -> String {
    let mut title = String::new();
    let mut start = 0;
    let mut words = String::new();
    for at in 0..events.len() {
        match &events[at] {
            Event::Start(Tag::Heading { .. }) => {
                start = at;
                words.clear();
            }
            Event::Text(text) | Event::Code(text) => words.push_str(text),
            Event::End(TagEnd::Heading(level)) => {
                if *level == HeadingLevel::H1 && title.is_empty() {
                    title.push_str(&words);
                }
                let name = slug(&words);
                if let Event::Start(Tag::Heading { id, .. }) = &mut events[start] {
                    *id = Some(name.into());
                }
            }
            _ => {}
        }
    }
    title
}

/// "What is explained:" → "what-is-explained".
fn slug(heading: &str) -> String {
    let mut name = String::new();
    for letter in heading.to_lowercase().chars() {
        match letter {
            ' ' => name.push('-'),
            letter if letter.is_alphanumeric() || letter == '-' || letter == '_' => name.push(letter),
            _ => {}
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_have_names() {
        let page = page("# The `map`\n\ntext\n\n## What is it: a test?\n");
        assert!(page.contains("<h1 id=\"the-map\">"), "{page}");
        assert!(page.contains("<h2 id=\"what-is-it-a-test\">"), "{page}");
        assert!(page.contains("<title>The map · Hintfault</title>"), "{page}");
    }

    #[test]
    fn links_between_documents_lead_to_pages() {
        let page = page("[a](explain.md#tests) [b](https://example.org/x.md) [c](conformance.md)");
        assert!(page.contains("href=\"explain.html#tests\""), "{page}");
        assert!(page.contains("href=\"https://example.org/x.md\""), "{page}");
        assert!(page.contains("href=\"conformance.html\""), "{page}");
    }

    #[test]
    fn every_document_can_be_written() {
        let folder = tempfile::tempdir().unwrap();
        let mut project = Project::open().unwrap();
        project.config.web.dist_dir = folder.path().to_owned();
        write_docs(&project).unwrap();
        let explain = fs::read_to_string(folder.path().join("docs/explain.html")).unwrap();
        assert!(explain.contains("<table>") && explain.contains("id=\"the-hinting-fault\""));
    }
}
