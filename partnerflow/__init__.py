"""The domain of the desk where a wrong order gets put right; each floor stands on those below it."""
