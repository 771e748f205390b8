"""The migrations, one module each, never changed once they are on main."""
