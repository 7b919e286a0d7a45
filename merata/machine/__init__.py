"""What the machine has that Merata runs on: libraries, programs, room on the disk, memory, the clock."""
