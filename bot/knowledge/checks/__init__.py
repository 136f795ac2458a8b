"""The rules an author's text must keep, one file a kind of rule. Each returns sentences; `bot.knowledge.check` adds where."""
