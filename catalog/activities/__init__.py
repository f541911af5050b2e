"""What a lesson can be: one folder per kind under kinds/. Copy a folder to add one.

A kind names its block (the editor's form), how it is completed, what the entitled read through the API, and the template
that shows it. `registry.kinds()` finds the folders; nothing else lists them.
"""
