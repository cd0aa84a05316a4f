//! One running campaign: what to dial next and why not. Floor 2, sans-IO.
