"""How the documentation is built: Sphinx, MyST Markdown, the furo theme; every warning is an error."""

from diplostate._version import __version__

project = "diplostate"
author = "The diplostate developers"
copyright = "2026, the diplostate developers"  # noqa: A001  # the name that Sphinx gives it
version = release = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.viewcode"]
myst_enable_extensions = ["deflist", "colon_fence"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]
nitpicky = False

autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_class_signature = "mixed"
default_role = "code"

html_theme = "furo"
html_title = f"diplostate {release}"
html_copy_source = False
html_static_path = ["_static"]
html_css_files = ["tables.css"]
