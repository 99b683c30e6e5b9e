//! The same link shows the same state to whoever opens it.

use hintfault::time::Tick;
use hintfault_scenario::codec::{self, Shared};
use hintfault_tests::browser::{Browser, with_browser};
use hintfault_tests::page::{Page, State};
use hintfault_tests::site::PageSite;

const SHARED_TICK: u64 = 900;

/// Shares the page of one profile and opens the link in a new one.
pub(super) fn check_sharing(browser: Browser) {
    let (fragment, shared) = share_from(browser);
    assert_eq!(open_in(browser, &fragment), shared);
}

#[test]
fn one_link_shows_one_state_in_all_browsers() {
    let (fragment, shared) = share_from(Browser::Chromium);
    for browser in Browser::ALL {
        assert_eq!(open_in(browser, &fragment), shared, "{browser:?}");
    }
}

/// Each browser deflates in its own way, so links differ in letters, and in nothing else.
#[test]
fn all_browsers_link_to_the_same() {
    let carried = |fragment: &str| codec::decode(fragment.trim_start_matches('#')).expect("a link");
    let (fragment, shared) = share_from(Browser::Chromium);
    assert_eq!(carried(&fragment).tick, Tick(SHARED_TICK));
    for browser in [Browser::Firefox, Browser::WebKit] {
        let (other, also_shared) = share_from(browser);
        assert_eq!((carried(&other), also_shared), (carried(&fragment), shared.clone()), "{browser:?}");
    }
}

/// What the command line makes opens in the page.
#[test]
fn links_of_the_command_line_open() {
    let (fragment, shared) = share_from(Browser::Chromium);
    let Shared { document, tick, selection, .. } = codec::decode(fragment.trim_start_matches('#')).expect("a link");
    let native = codec::encode(&document, tick, selection.as_deref(), None).expect("a link");
    assert_eq!(open_in(Browser::Chromium, &format!("#{native}")), shared);
}

fn share_from(browser: Browser) -> (String, State) {
    with_browser(browser, async |client| {
        let site = PageSite::start();
        let page = Page::open(&client, &site, "").await;
        page.scrub_to(SHARED_TICK).await;
        let fragment = page.share().await;
        page.press("share-close").await;
        (fragment, page.state().await)
    })
}

fn open_in(browser: Browser, fragment: &str) -> State {
    with_browser(browser, async |client| {
        let site = PageSite::start();
        let page = Page::open(&client, &site, fragment).await;
        page.wait_for_tick(SHARED_TICK).await;
        page.state().await
    })
}
