"""Pictures and documents of editors. Models: AcademyImage, Rendition, AcademyDocument."""
