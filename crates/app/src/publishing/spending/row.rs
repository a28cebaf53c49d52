//! A limit, and what was spent.
use ground::record;

record! {
    /// `price` of one post and `most` in a calendar month, both in ten-thousandths of the currency (`USD`).
    pub struct Limit { account_id: i64, price: i64, most: i64, currency: String, set_by: i64, set_at: i64 }
}

record! {
    /// Posts that left, or may have, in a month.
    pub struct Spent { posts: i64 }
}
