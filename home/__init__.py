"""The top layer: home page, standard pages, the academy's brand and dashboard."""
