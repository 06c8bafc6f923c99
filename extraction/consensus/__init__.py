"""What differs between two entries is settled, value by value, by the two or by a third person; then the study is locked."""
