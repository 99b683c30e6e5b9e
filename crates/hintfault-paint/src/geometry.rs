//! Rectangles, the scale of a screen, and how large a picture may be.

use thiserror::Error;

/// Pixels that a picture may have: twice a 4K screen. Its buffer takes four bytes each.
pub const MAX_PIXELS: u64 = 1 << 24;

/// A point, in device pixels from the top left corner.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Point {
    /// To the right.
    pub x: u32,
    /// Downwards.
    pub y: u32,
}

/// A rectangle in device pixels. Right and bottom edge do not belong to it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Rect {
    /// Left edge.
    pub x: u32,
    /// Top edge.
    pub y: u32,
    /// Extent to the right.
    pub width: u32,
    /// Extent downwards.
    pub height: u32,
}

impl Rect {
    /// The rectangle with this corner and these extents.
    #[must_use]
    pub const fn new(x: u32, y: u32, width: u32, height: u32) -> Self {
        Self { x, y, width, height }
    }

    /// First pixel column to the right of it.
    #[must_use]
    pub const fn right(&self) -> u32 {
        self.x.saturating_add(self.width)
    }

    /// First pixel row below it.
    #[must_use]
    pub const fn bottom(&self) -> u32 {
        self.y.saturating_add(self.height)
    }

    /// Whether it has no pixel.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.width == 0 || self.height == 0
    }

    /// Whether the pixel at `point` belongs to it.
    #[must_use]
    pub const fn contains(&self, point: Point) -> bool {
        self.x <= point.x && point.x < self.right() && self.y <= point.y && point.y < self.bottom()
    }

    /// Whether all of `inner` lies in it.
    #[must_use]
    pub const fn encloses(&self, inner: &Self) -> bool {
        self.x <= inner.x && self.y <= inner.y && inner.right() <= self.right() && inner.bottom() <= self.bottom()
    }

    /// Whether the two have a pixel in common.
    #[must_use]
    pub const fn overlaps(&self, other: &Self) -> bool {
        self.x < other.right() && other.x < self.right() && self.y < other.bottom() && other.y < self.bottom()
    }

    /// The rectangle without a border of `margin` on each side; empty where there is not enough.
    #[must_use]
    pub const fn inset(&self, margin: u32) -> Self {
        Self {
            x: self.x.saturating_add(margin),
            y: self.y.saturating_add(margin),
            width: self.width.saturating_sub(2 * margin),
            height: self.height.saturating_sub(2 * margin),
        }
    }

    /// The rectangle with `margin` more on each side, as far as the top left corner lets it.
    #[must_use]
    pub const fn outset(&self, margin: u32) -> Self {
        let (x, y) = (self.x.saturating_sub(margin), self.y.saturating_sub(margin));
        Self { x, y, width: self.right().saturating_add(margin) - x, height: self.bottom().saturating_add(margin) - y }
    }

    /// The pixel in the middle.
    #[must_use]
    pub const fn centre(&self) -> Point {
        Point { x: self.x + self.width / 2, y: self.y + self.height / 2 }
    }
}

/// Device pixels in a CSS pixel, in 64ths; 64 is an ordinary screen, 128 a fine one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Scale(u32);

impl Scale {
    /// One device pixel in a CSS pixel.
    pub const ONE: Self = Self(64);
    /// The smallest scale, a quarter.
    pub const MIN_64THS: u32 = 16;
    /// The largest scale, eight.
    pub const MAX_64THS: u32 = 512;

    /// So many 64ths.
    ///
    /// # Errors
    /// [`SizeError::Scale`] for less than a quarter or more than eight.
    pub const fn from_64ths(scale_64ths: u32) -> Result<Self, SizeError> {
        if scale_64ths < Self::MIN_64THS || scale_64ths > Self::MAX_64THS {
            return Err(SizeError::Scale { scale_64ths });
        }
        Ok(Self(scale_64ths))
    }

    /// A length of the design in device pixels, at least one.
    #[must_use]
    pub const fn px(self, css_px: u32) -> u32 {
        let px = (css_px * self.0 + 32) / 64;
        if px == 0 { 1 } else { px }
    }
}

/// The size of a picture.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Viewport {
    width_px: u32,
    height_px: u32,
    scale: Scale,
}

impl Viewport {
    /// A picture of this size on a screen of this scale.
    ///
    /// # Errors
    /// [`SizeError::Pixels`] for more than [`MAX_PIXELS`], and also for a side longer than that.
    pub fn new(width_px: u32, height_px: u32, scale: Scale) -> Result<Self, SizeError> {
        let longest = u64::from(width_px.max(height_px));
        let pixels = u64::from(width_px) * u64::from(height_px);
        if pixels.max(longest) > MAX_PIXELS {
            return Err(SizeError::Pixels { width_px, height_px });
        }
        Ok(Self { width_px, height_px, scale })
    }

    /// Its width.
    #[must_use]
    pub const fn width_px(&self) -> u32 {
        self.width_px
    }

    /// Its height.
    #[must_use]
    pub const fn height_px(&self) -> u32 {
        self.height_px
    }

    /// The screen's scale.
    #[must_use]
    pub const fn scale(&self) -> Scale {
        self.scale
    }

    /// All of it.
    #[must_use]
    pub const fn rect(&self) -> Rect {
        Rect::new(0, 0, self.width_px, self.height_px)
    }
}

/// Why no picture of that size is painted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum SizeError {
    /// Too many pixels.
    #[error("a picture of {width_px} x {height_px} pixels has more than {MAX_PIXELS}")]
    Pixels {
        /// Width asked for.
        width_px: u32,
        /// Height asked for.
        height_px: u32,
    },
    /// A scale no screen has.
    #[error("a scale of {scale_64ths}/64 is not between 1/4 and 8")]
    Scale {
        /// Scale asked for, in 64ths.
        scale_64ths: u32,
    },
}
