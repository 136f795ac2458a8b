"""Information sessions and the seats at them."""
