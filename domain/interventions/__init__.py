"""The six steps of a country: its set-up, data sources, interventions, and reports to forums."""
