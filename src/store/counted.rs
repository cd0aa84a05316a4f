//! What is counted: everything but test calls. They are written down and sealed as any call, and no report, sum or message
//! to other systems is of them.

/// That a row with a `creditor_id` counts.
macro_rules! counts {
    ($of:literal) => {
        concat!($of, ".creditor_id NOT IN (SELECT id FROM creditor WHERE name = 'obzvon: test calls')")
    };
}
pub(in crate::store) use counts;

/// That a person counts.
macro_rules! person_counts {
    ($id:literal) => {
        concat!(
            $id,
            " NOT IN (SELECT t.person_id FROM debt t JOIN creditor k ON k.id = t.creditor_id ",
            "WHERE k.name = 'obzvon: test calls')"
        )
    };
}
pub(in crate::store) use person_counts;

#[cfg(test)]
mod tests {
    use crate::domain::TEST_CREDITOR;

    #[test]
    fn what_does_not_count_is_owed_to_the_creditor_of_test_calls() {
        let name = format!("name = '{TEST_CREDITOR}'");
        for sql in [counts!("d"), person_counts!("p.id")] {
            assert!(sql.contains(&name), "{sql}");
        }
    }
}
