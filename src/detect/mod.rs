//! Who answered: 8 kHz frames in; human, machine, beep, tone out. Floor 1, sans-IO.
