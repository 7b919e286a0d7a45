"""SMS, for phones without data: a report, the state of a village, and yes or no, each answered in one message."""
