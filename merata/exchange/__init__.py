"""What regions hand each other and the public: the log that nobody can rewrite, its checkpoints and its witnesses."""
