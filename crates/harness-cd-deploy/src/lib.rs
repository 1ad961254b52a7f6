//! May it run, and what ran: deploy validation, change windows, history shaping, Harness links.
