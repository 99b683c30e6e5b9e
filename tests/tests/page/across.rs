//! The same link shows the same state to whoever opens it.

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

#[test]
fn all_browsers_make_the_same_link() {
    let (fragment, shared) = share_from(Browser::Chromium);
    for browser in [Browser::Firefox, Browser::WebKit] {
        assert_eq!(share_from(browser), (fragment.clone(), shared.clone()), "{browser:?}");
    }
}

fn share_from(browser: Browser) -> (String, State) {
    with_browser(browser, async |client| {
        let site = PageSite::start();
        let page = Page::open(&client, &site, "").await;
        page.scrub_to(SHARED_TICK).await;
        let fragment = page.share().await;
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
