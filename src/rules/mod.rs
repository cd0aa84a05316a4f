//! The rule engine: may this person be called now, by which rule not, and when next. Floor 1, sans-IO.
