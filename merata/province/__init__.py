"""Many regions side by side: what each publishes is taken, compared like with like, and shown to all."""
