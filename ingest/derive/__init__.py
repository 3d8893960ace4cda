"""From what a device measured to what it means at its place: calibrated, judged, and what follows from it. Pure."""
