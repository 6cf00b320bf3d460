"""What may be done: clients kept, persons let in, codes and tokens redeemed, keys changed."""
