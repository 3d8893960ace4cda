"""From readings to hours and days of a site: the consumer `rollup`, and `derived`, the second log that it writes."""
