"""The chapters of the demo; each plays its part of the story and notes what it saw on the sheet."""
