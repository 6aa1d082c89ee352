"""What files say of themselves, in the formats of their players."""
