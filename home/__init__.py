"""WHAT STRANGERS MEET: the home page, standard pages, the academy's brand."""
