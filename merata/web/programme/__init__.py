"""The programme: service points through their life, contracts, payments, promises, and what is stuck."""
