//! What the page asks to be drawn, read field by field out of plain objects. What derived code would
//! take for this is several times as large.

use hintfault::event::PageRef;
use hintfault::ids::{PageIdx, ProcIdx, VmaIdx};
use js_sys::Reflect;
use wasm_bindgen::JsValue;

use crate::convert::whole;
use crate::failure::ScenarioFailure;

/// What `Playground.paintSpace` is asked for.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct SpaceRequest {
    pub(crate) process: u16,
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) dark: bool,
    pub(crate) textured: bool,
    pub(crate) scale: f64,
    pub(crate) flash: bool,
    pub(crate) flash_ms: Option<f64>,
    pub(crate) zoom: Option<ZoomRequest>,
    pub(crate) selected: Option<PageRef>,
}

/// Part of one VMA.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct ZoomRequest {
    pub(crate) vma: u16,
    pub(crate) first: u32,
    pub(crate) pages: u32,
}

/// What `Playground.paintMachine` is asked for.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct MachineRequest {
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) dark: bool,
    pub(crate) scale: f64,
}

impl SpaceRequest {
    /// Reads the argument `req`.
    pub(crate) fn from_js(req: &JsValue) -> Result<Self, ScenarioFailure> {
        let fields = Fields::of(req, "req");
        let process = fields.optional("process")?.map(|process| process.index(u16::MAX));
        Ok(Self {
            process: process.transpose()?.unwrap_or(0),
            width: fields.field("width")?.number()?,
            height: fields.field("height")?.number()?,
            dark: fields.field("dark")?.flag()?,
            textured: fields.optional("textured")?.map(|field| field.flag()).transpose()?.unwrap_or(false),
            scale: fields.field("scale")?.number()?,
            flash: fields.field("flash")?.flag()?,
            flash_ms: fields.optional("flashMs")?.map(|field| field.number()).transpose()?,
            zoom: fields.optional("zoom")?.map(|zoom| zoom_from(&zoom)).transpose()?,
            selected: fields.optional("selected")?.map(|page| page_from(&page)).transpose()?,
        })
    }
}

impl MachineRequest {
    /// Reads the argument `req`.
    pub(crate) fn from_js(req: &JsValue) -> Result<Self, ScenarioFailure> {
        let fields = Fields::of(req, "req");
        Ok(Self {
            width: fields.field("width")?.number()?,
            height: fields.field("height")?.number()?,
            dark: fields.field("dark")?.flag()?,
            scale: fields.field("scale")?.number()?,
        })
    }
}

fn zoom_from(zoom: &Fields) -> Result<ZoomRequest, ScenarioFailure> {
    Ok(ZoomRequest {
        vma: zoom.field("vma")?.index(u16::MAX)?,
        first: zoom.field("first")?.index(u32::MAX)?,
        pages: zoom.field("pages")?.index(u32::MAX)?,
    })
}

fn page_from(page: &Fields) -> Result<PageRef, ScenarioFailure> {
    Ok(PageRef {
        process: ProcIdx(page.field("process")?.index(u16::MAX)?),
        vma: VmaIdx(page.field("vma")?.index(u16::MAX)?),
        page: PageIdx(page.field("page")?.index(u32::MAX)?),
    })
}

/// A value of the page, and where it stands.
struct Fields {
    value: JsValue,
    path: String,
}

impl Fields {
    fn of(value: &JsValue, path: &str) -> Self {
        Self { value: value.clone(), path: path.to_owned() }
    }

    fn field(&self, name: &str) -> Result<Self, ScenarioFailure> {
        let value = Reflect::get(&self.value, &name.into())
            .map_err(|_| ScenarioFailure::one(&self.path, "must be an object", "应为对象"))?;
        Ok(Self { value, path: format!("{}.{name}", self.path) })
    }

    /// None for a field that is missing or null.
    fn optional(&self, name: &str) -> Result<Option<Self>, ScenarioFailure> {
        let field = self.field(name)?;
        Ok((!field.value.is_null() && !field.value.is_undefined()).then_some(field))
    }

    fn number(&self) -> Result<f64, ScenarioFailure> {
        let number = self.value.as_f64();
        number.ok_or_else(|| ScenarioFailure::one(&self.path, "must be a number", "应为数字"))
    }

    fn flag(&self) -> Result<bool, ScenarioFailure> {
        let flag = self.value.as_bool();
        flag.ok_or_else(|| ScenarioFailure::one(&self.path, "must be true or false", "应为 true 或 false"))
    }

    /// A whole number that its type can hold.
    fn index<T: TryFrom<u64> + Into<u64> + Copy>(&self, max: T) -> Result<T, ScenarioFailure> {
        let number = whole(self.number()?, &self.path, max.into())?;
        Ok(T::try_from(number).unwrap_or(max))
    }
}
