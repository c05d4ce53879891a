// Owns the precompiled header: ATen alone, shared by every folder that uses torch.
