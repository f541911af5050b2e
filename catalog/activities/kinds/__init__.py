"""One folder per kind of lesson; each exports KIND."""
