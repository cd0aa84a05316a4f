//! Amounts, dates and names as words and as clip lists, per language. Floor 1, sans-IO.
