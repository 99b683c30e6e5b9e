//! Colours: one for each node, told apart also by colour-blind people, and the few that the
//! pictures need besides.

use hintfault::ids::NodeId;

/// An opaque colour.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rgb(pub u8, pub u8, pub u8);

impl Rgb {
    /// This colour with `share` 256ths of `other` in it.
    #[must_use]
    pub const fn mix(self, other: Self, share: u32) -> Self {
        Self(
            mix_channel(self.0, other.0, share),
            mix_channel(self.1, other.1, share),
            mix_channel(self.2, other.2, share),
        )
    }
}

const fn mix_channel(from: u8, to: u8, share: u32) -> u8 {
    let share = if share > 256 { 256 } else { share };
    ((from as u32 * (256 - share) + to as u32 * share + 128) / 256) as u8
}

/// The colours of the first eight nodes (Okabe and Ito's set).
pub const NODE_COLOURS: [Rgb; 8] = [
    Rgb(0x00, 0x72, 0xB2),
    Rgb(0xE6, 0x9F, 0x00),
    Rgb(0x00, 0x9E, 0x73),
    Rgb(0xCC, 0x79, 0xA7),
    Rgb(0x56, 0xB4, 0xE9),
    Rgb(0xD5, 0x5E, 0x00),
    Rgb(0xF0, 0xE4, 0x42),
    Rgb(0x99, 0x99, 0x99),
];

/// How much ink each further eight nodes get, in 256ths.
const SHADE_PER_ROUND: u32 = 32;

/// Light or dark surroundings.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Theme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    /// A node's colour; from the ninth on the same eight, shaded.
    #[must_use]
    pub fn node(self, node: NodeId) -> Rgb {
        let base = NODE_COLOURS[node.index() % NODE_COLOURS.len()];
        let round = (node.index() / NODE_COLOURS.len()) as u32;
        base.mix(self.ink(), (round * SHADE_PER_ROUND).min(192))
    }

    /// What the page has behind the picture.
    #[must_use]
    pub const fn paper(self) -> Rgb {
        match self {
            Self::Light => Rgb(0xFF, 0xFF, 0xFF),
            Self::Dark => Rgb(0x14, 0x18, 0x1D),
        }
    }

    /// The strongest contrast to the paper: selection, flashes, brackets.
    #[must_use]
    pub const fn ink(self) -> Rgb {
        match self {
            Self::Light => Rgb(0x00, 0x00, 0x00),
            Self::Dark => Rgb(0xFF, 0xFF, 0xFF),
        }
    }

    /// What shows on every node's colour: the lines of hatching.
    #[must_use]
    pub const fn hatching(self) -> Rgb {
        match self {
            Self::Light => Rgb(0x00, 0x00, 0x00),
            Self::Dark => Rgb(0x0D, 0x10, 0x14),
        }
    }

    /// What is not there: pages that are not present, free memory.
    #[must_use]
    pub const fn empty(self) -> Rgb {
        match self {
            Self::Light => Rgb(0xE6, 0xE9, 0xED),
            Self::Dark => Rgb(0x2A, 0x30, 0x38),
        }
    }

    /// Outlines of boxes, links.
    #[must_use]
    pub const fn outline(self) -> Rgb {
        match self {
            Self::Light => Rgb(0x9A, 0xA4, 0xAE),
            Self::Dark => Rgb(0x4A, 0x53, 0x5E),
        }
    }
}
