#pragma once
// The one header of core/ that knows torch: what differs between the LibTorch versions the project compiles against
// (2.11 to 2.13).
#if __has_include(<torch/headeronly/version.h>)
#include <torch/headeronly/version.h>
#else
#include <torch/csrc/api/include/torch/version.h>
#endif
