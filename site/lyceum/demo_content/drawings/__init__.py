"""Abstract drawings for covers: flat shapes in an academy's palette, the same each time for the same seed.

Each drawing is a function of a canvas, found by its name. Units are hundredths of the canvas's height from the top, and
hundredths of its height from the left as well, so that circles are round: a cover is 178 wide and 100 high.
"""

from lyceum.demo_content.drawings import baking, data, faces, kitchen
from lyceum.demo_content.drawings.canvas import Canvas, Palette

DRAWINGS = {**baking.DRAWINGS, **kitchen.DRAWINGS, **data.DRAWINGS, **faces.DRAWINGS}

__all__ = ["DRAWINGS", "Canvas", "Palette"]
