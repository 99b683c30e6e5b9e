//! What threads do: walking a program over memory in bulk, up to the next thing that others
//! could see.

use crate::input::LOOP_DEPTH;

pub(crate) mod outlook;
pub(crate) mod pattern;
pub(crate) mod reach;
pub(crate) mod walk;

/// A thread's place in its program.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Cursor {
    /// The step.
    pub(crate) step: u16,
    /// Visits done in this step, over all its passes.
    pub(crate) visits: u64,
    /// How often a step was gone back to, at the end of the program or of a loop.
    pub(crate) round: u64,
    /// Rounds done of the loops around the step, from the outermost inwards.
    pub(crate) loops: [u32; LOOP_DEPTH],
}

impl Cursor {
    /// On to the step behind.
    pub(crate) fn next_step(&mut self) {
        self.step += 1;
        self.visits = 0;
    }

    /// Back to a step before.
    pub(crate) fn go_back(&mut self, step: u16) {
        self.step = step;
        self.visits = 0;
        self.round += 1;
    }

    /// At the end of a loop: a further round, or on.
    fn end_round(&mut self, from: u16, times: u32, depth: usize, late: bool) {
        let done = self.loops[depth].saturating_add(1);
        if late || done == times {
            self.loops[depth] = 0;
            self.next_step();
        } else {
            self.loops[depth] = if times == 0 { 0 } else { done };
            self.go_back(from);
        }
    }
}
