//! What is counted: everything but test calls and service calls, which are of no debt. They are written down and sealed as
//! any call, and no report or sum is of them, nor of test calls any message to other systems.

/// That a row with a `creditor_id` counts.
macro_rules! counts {
    ($of:literal) => {
        concat!(
            $of,
            ".creditor_id NOT IN (SELECT id FROM creditor WHERE name IN ('obzvon: service calls', 'obzvon: test calls'))"
        )
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
    use crate::domain::{SERVICE_CREDITOR, TEST_CREDITOR};

    #[test]
    fn what_does_not_count_is_owed_to_a_made_up_creditor() {
        let both = format!("name IN ('{SERVICE_CREDITOR}', '{TEST_CREDITOR}')");
        assert!(counts!("d").contains(&both));
        // Whom a service call is for is one of the lists' persons.
        let name = format!("name = '{TEST_CREDITOR}'");
        assert!(person_counts!("p.id").contains(&name));
    }
}
