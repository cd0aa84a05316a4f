//! Debtor lists from CSV and XLSX, normalised and checked row by row. Floor 3.
