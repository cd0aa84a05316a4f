//! The port over the SIP library; the only place that names it. Floor 3.
