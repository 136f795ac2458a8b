"""Tables, units of work, migrations, encryption. The only room that knows which database is underneath."""
