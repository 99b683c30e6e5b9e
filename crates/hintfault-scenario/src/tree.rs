//! A text taken apart: what stands between JSON or TOML and the typed document. Reading
//! documents from this one form keeps both formats to the same rules, and the code small.

/// A value of any kind.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Tree {
    Null,
    Bool(bool),
    Whole(u64),
    Negative(i64),
    /// Every other number, in digits as JSON writes them.
    Decimal(String),
    Text(String),
    List(Vec<Tree>),
    Table(Vec<(String, Tree)>),
}

impl Tree {
    /// The value of a field; none if this is no table or has no such field.
    pub(crate) fn get(&self, name: &str) -> Option<&Tree> {
        let Self::Table(fields) = self else { return None };
        fields.iter().find(|(field, _)| field == name).map(|(_, value)| value)
    }
}
