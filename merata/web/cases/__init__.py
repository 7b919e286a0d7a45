"""Cases: troubles that people report or that are measured, each with somebody who sees to it, a clock and an end."""
