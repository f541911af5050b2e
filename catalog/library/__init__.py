"""Pictures and documents that editors use. Nouns: AcademyImage, Rendition, AcademyDocument."""
