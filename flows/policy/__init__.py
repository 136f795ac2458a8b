"""Who decides: confidence, language, which choice was meant. Rules in one place each, so that they can be argued about."""
