"""What users read, in French, in one place: nothing else spells a date, an amount or the name of a status."""
