//! Which part of a list is read: by key, so that what was added meanwhile shifts nothing.

use uuid::Uuid;

/// A part of a list that is ordered by id, which is the order in which its members were made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The last member already seen.
    pub after: Option<Uuid>,
    /// The last member there was when the first part was read; later ones are left out.
    pub until: Option<Uuid>,
    /// How many members are wanted, at most.
    pub limit: i64,
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The members, in order; at most as many as were asked for.
    pub data: Vec<T>,
    /// Whether there are more behind them.
    pub has_more: bool,
}

impl<T> Page<T> {
    /// A page out of rows of which one more than `limit` was asked for.
    pub(super) fn cut(mut rows: Vec<T>, limit: i64) -> Self {
        let limit = usize::try_from(limit).unwrap_or(0);
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        Page {
            data: rows,
            has_more,
        }
    }

    /// The same part of the list, with each member shown as it is to be seen.
    pub fn map<U>(&self, shown: impl FnMut(&T) -> U) -> Page<U> {
        Page {
            data: self.data.iter().map(shown).collect(),
            has_more: self.has_more,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Page;

    #[test]
    fn a_page_knows_whether_there_is_more_behind_it() {
        assert_eq!(
            Page::cut(vec![1, 2, 3], 2),
            Page {
                data: vec![1, 2],
                has_more: true
            }
        );
        assert_eq!(
            Page::cut(vec![1, 2], 2),
            Page {
                data: vec![1, 2],
                has_more: false
            }
        );
    }
}
