"""Sessions that outlive their connection: where they are kept, and tickets that let the client keep them."""
