"""One file that holds a region whole, its site's database too; and the region made from it again."""
