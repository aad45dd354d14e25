"""Scene packs: one folder of categories, rules, indicators, watches, texts and samples, to be shared."""
