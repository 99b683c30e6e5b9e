//! The built page in three browsers. `cargo xtask test` builds the page and runs these.

mod across;
mod topics;

use hintfault_tests::browser::{Browser, with_browser};
use hintfault_tests::page::Page;
use hintfault_tests::site::PageSite;

/// Opens the page without a fragment in a new profile, runs `topic`, and expects that nothing went
/// wrong behind its back.
fn check(browser: Browser, topic: impl AsyncFnOnce(&Page, &PageSite)) {
    with_browser(browser, async |client| {
        let site = PageSite::start();
        let page = Page::open(&client, &site, "").await;
        topic(&page, &site).await;
        assert_eq!(page.faults().await, Vec::<String>::new());
        assert_eq!(site.refused(), Vec::<String>::new());
    });
}

/// One test per topic, so that the number of tests says what was checked in this browser.
macro_rules! topics_in {
    ($module:ident, $browser:expr, [$($topic:ident),+ $(,)?]) => {
        mod $module {
            use super::*;
            $(
                #[test]
                fn $topic() {
                    check($browser, topics::$topic);
                }
            )+

            #[test]
            fn shares_its_state() {
                across::check_sharing($browser);
            }
        }
    };
}

macro_rules! topics_in_all_browsers {
    ($($topic:ident),+ $(,)?) => {
        topics_in!(chromium, Browser::Chromium, [$($topic),+]);
        topics_in!(firefox, Browser::Firefox, [$($topic),+]);
        topics_in!(webkit, Browser::WebKit, [$($topic),+]);
    };
}

topics_in_all_browsers!(
    opens_paused_at_the_start,
    asks_no_other_host,
    plays_until_the_pages_have_migrated,
    steps_tick_and_event,
    seeks_back_and_forth,
    keys_do_what_buttons_do,
    draws_where_the_pages_are,
    survives_hostile_fragments,
    refuses_bad_text_and_keeps_the_scenario,
    takes_numactl_text,
    speaks_both_languages,
);
