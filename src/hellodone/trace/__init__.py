"""What happened: steps, facts and checks as values that can be stored, drawn and explained."""
