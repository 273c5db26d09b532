"""What others publish, as billing needs it: communes, families, activities."""
