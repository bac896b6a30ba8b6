"""What managers and trainers read: tables from the gradebook, pages from the tables. One direction, nothing typed."""
