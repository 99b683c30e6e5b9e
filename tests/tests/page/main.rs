//! The built page in three browsers. `cargo xtask test` builds the page and runs these.

mod access;
mod across;
mod builder;
mod compare;
mod edit;
mod everyone;
mod inspector;
mod newcomers;
mod timeline;
mod topics;
mod views;
mod why;

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

/// One test per topic (its file and name), so that the number of tests says what was checked in this browser.
macro_rules! topics_in {
    ($module:ident, $browser:expr, [$($file:ident::$topic:ident),+ $(,)?]) => {
        mod $module {
            use super::*;
            $(
                #[test]
                fn $topic() {
                    check($browser, $file::$topic);
                }
            )+

            #[test]
            fn works_from_disk() {
                everyone::check_from_disk($browser);
            }

            #[test]
            fn works_without_a_network() {
                everyone::check_offline($browser);
            }

            #[test]
            fn a_new_build_replaces_the_old_one() {
                everyone::check_new_build($browser);
            }

            #[test]
            fn shares_its_state() {
                across::check_sharing($browser);
            }
        }
    };
}

/// The driver of `WebKitGTK` accepts fingers and moves none.
macro_rules! topics_in_all_browsers {
    ($($file:ident::$topic:ident),+ $(,)?) => {
        topics_in!(chromium, Browser::Chromium, [$($file::$topic),+, everyone::zooms_with_two_fingers]);
        topics_in!(firefox, Browser::Firefox, [$($file::$topic),+, everyone::zooms_with_two_fingers]);
        topics_in!(webkit, Browser::WebKit, [$($file::$topic),+]);
    };
}

topics_in_all_browsers!(
    topics::opens_paused_at_the_start,
    topics::asks_no_other_host,
    topics::plays_until_the_pages_have_migrated,
    topics::steps_tick_and_event,
    topics::seeks_back_and_forth,
    topics::keys_do_what_buttons_do,
    topics::draws_where_the_pages_are,
    topics::survives_hostile_fragments,
    topics::refuses_bad_text_and_keeps_the_scenario,
    topics::takes_numactl_text,
    topics::goes_on_after_a_failure,
    topics::speaks_both_languages,
    edit::makes_pages_stay_on_a_node,
    edit::does_it_by_keyboard,
    edit::takes_edits_back,
    edit::forks_when_the_past_is_edited,
    edit::refuses_what_the_kernel_refuses,
    edit::writes_settings,
    edit::moves_and_ends_processes,
    edit::stops_and_continues_processes,
    edit::puts_threads_to_sleep,
    edit::moves_single_pages,
    edit::has_no_serious_finding_in_its_forms,
    views::zooms_to_a_single_page_and_back,
    views::goes_over_pages_with_keys,
    views::counts_what_moves_between_nodes,
    views::opens_the_figures_of_a_node,
    views::selects_the_task_that_runs_on_a_cpu,
    inspector::tells_why_a_page_has_not_moved,
    inspector::tells_why_a_page_has_moved,
    why::names_the_action_that_moved_a_page,
    why::says_nothing_twice,
    why::marks_the_test_that_decided,
    why::lists_when_a_task_changed_nodes,
    inspector::tells_what_a_function_decides,
    inspector::shows_structures_and_what_changed,
    inspector::lights_the_call_tree,
    inspector::finds_a_page_by_its_address,
    inspector::leads_through_a_lesson,
    inspector::shows_the_work_done,
    inspector::follows_the_program_of_a_thread,
    inspector::fades_the_faults_of_a_step,
    access::has_no_serious_finding,
    access::has_no_serious_finding_in_the_dark_and_in_chinese,
    access::has_no_serious_finding_on_a_phone,
    everyone::names_every_key,
    everyone::tells_nodes_apart_by_texture,
    everyone::speaks_the_language_of_the_address,
    everyone::fits_on_a_phone,
    everyone::tells_what_a_step_has_come_to,
    everyone::says_what_the_pictures_show,
    newcomers::has_the_policy_form_in_sight,
    newcomers::says_that_a_run_was_changed,
    newcomers::keeps_the_focus,
    newcomers::comes_back_from_a_vain_search,
    newcomers::finds_a_page_by_its_name,
    newcomers::names_three_nodes,
    newcomers::reads_numa_maps,
    builder::builds_a_scenario_from_nothing,
    builder::builds_by_keyboard,
    builder::tells_errors_at_their_fields,
    builder::keeps_text_and_forms_alike,
    builder::takes_a_pasted_machine,
    builder::saves_and_opens_files,
    builder::offers_to_go_on,
    builder::keeps_the_draft,
    builder::works_without_storage,
    builder::is_shown_in_other_pages,
    builder::has_no_serious_finding_anywhere,
    builder::fits_a_phone,
    timeline::shows_the_course_of_a_run,
    timeline::has_one_axis,
    timeline::tells_when_a_task_changed_nodes,
    timeline::a_click_on_a_mark_goes_there,
    timeline::runs_until_what_was_typed,
    timeline::stops_at_outcomes,
    timeline::long_runs_show_progress_and_end_on_demand,
    timeline::dragging_ends_where_it_ends,
    timeline::goes_as_fast_as_it_can,
    compare::shows_what_balancing_is_worth,
    compare::shows_what_balancing_costs,
    compare::runs_both_on_one_clock,
    compare::finds_where_the_runs_part,
    compare::a_link_carries_what_is_compared,
    compare::refuses_what_cannot_be_compared,
    compare::is_done_by_keyboard_on_a_phone,
    compare::has_no_serious_finding_side_by_side,
    compare::a_lesson_compares,
    compare::figures_go_with_their_setting,
    compare::the_focus_goes_along,
);
