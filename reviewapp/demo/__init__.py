"""The demo review: files, a script of what people did, and the loader that plays it through the site's own actions."""
