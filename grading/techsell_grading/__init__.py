"""What the trainer and the manager run; never on a learner's machine."""
