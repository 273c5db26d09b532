"""What every list of the back office is made of: columns, filters, pages, exports, acts on several rows."""
