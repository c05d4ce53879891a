#pragma once
#include "io/value.h"

namespace brain::io {

// The tensors of a module that was saved whole (a pickled torch.nn.Module, or a TorchScript archive) by their
// dotted names, in the order of torch's state_dict(): a module's own tensors, then those of its children. A
// Dict; empty when the value is no module. TorchScript does not say which buffers are non-persistent: there
// they are included.
Value module_state(const Value& module);

}  // namespace brain::io
