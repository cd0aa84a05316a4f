//! The files of `config/`: read whole, checked whole, every mistake shown at once. Floor 3.
