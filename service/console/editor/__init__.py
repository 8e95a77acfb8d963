"""The zone editor's parts on a page: the picture, the tools and the forms around it."""
