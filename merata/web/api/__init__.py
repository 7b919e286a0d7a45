"""The API for programs, version 1: reading is open, writing by token within an account's rights and reach."""
