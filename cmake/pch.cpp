// Owns the precompiled header: ATen alone, shared by every folder that uses torch.

#ifndef _OPENMP
#error "without OpenMP at::parallel_for runs on one thread"
#endif
