//! Actions against reactions, each ratio with its numerator and denominator. Floor 1, sans-IO.
