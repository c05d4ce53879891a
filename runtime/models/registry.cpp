#include "models/registry.h"

#include <c10/core/impl/LocalDispatchKeySet.h>

#include "core/error.h"
#include "core/nearest.h"
#include "models/alexnet.h"
#include "models/cornet.h"
#include "models/efficientnet_lite.h"
#include "models/mobilenet_v1.h"
#include "models/mobilenet_v2.h"
#include "models/resnet.h"
#include "models/resnet_cifar.h"
#include "models/squeezenet.h"
#include "models/vgg.h"
#include "models/vit.h"
#include "models/vit_cifar.h"

namespace brain::models {

const std::vector<Entry>& entries() {
  static const std::vector<Entry> all = [] {
    std::vector<Entry> list;
    for (const auto& family :
         {alexnet_entries(), vgg_entries(), resnet_entries(), resnet_cifar_entries(), squeezenet_entries(),
          mobilenet_v1_entries(), mobilenet_v2_entries(), vit_entries(), vit_cifar_entries(),
          efficientnet_lite_entries(), cornet_entries()})
      list.insert(list.end(), family.begin(), family.end());
    return list;
  }();
  return all;
}

const Entry& find(std::string_view name) {
  std::vector<std::string> known;
  std::vector<const Entry*> bare;
  for (const auto& entry : entries()) {
    if (entry.name == name) return entry;
    for (const auto& alias : entry.aliases)
      if (alias == name) return entry;
    const std::string last = entry.name.substr(entry.name.find('/') + 1);
    if (last == name) bare.push_back(&entry);
    known.push_back(entry.name);
    known.push_back(last);
  }
  if (bare.size() == 1) return *bare[0];
  for (const Entry* entry : bare)
    if (entry->name.starts_with("torchvision/")) return *entry;
  if (!bare.empty()) fail("model '", name, "' is ambiguous: ", bare[0]->name, " or ", bare[1]->name);
  const std::string near = nearest(name, known);
  fail("no model '", name, "'", near.empty() ? "" : ", did you mean '" + near + "'?");
}

namespace {

nn::LayerPtr build(const Entry& entry, ModelOptions options) {
  if (options.outputs == -1) options.outputs = entry.outputs;
  if (options.outputs < 1)
    fail("model ", entry.name, ": outputs: expected at least 1, found ", options.outputs);
  if (options.width != 1 && !entry.narrows)
    fail("model ", entry.name, ": its width cannot be chosen; that of cornet_s can");
  if (!(options.width > 0 && options.width <= 4))
    fail("model ", entry.name, ": width: expected a share of the published channels above 0 and up to 4, found ",
         options.width);
  return entry.build(options);
}

}  // namespace

nn::LayerPtr create(std::string_view name, const ModelOptions& options, std::optional<std::uint64_t> seed) {
  const Entry& entry = find(name);
  if (seed) at::manual_seed(*seed);
  return build(entry, options);
}

nn::LayerPtr outline(std::string_view name, const ModelOptions& options) {
  // The factories that constructors call go to the meta device, whose tensors have no memory.
  const c10::impl::ExcludeDispatchKeyGuard no_choice(c10::DispatchKey::BackendSelect);
  const c10::impl::IncludeDispatchKeyGuard meta(c10::DispatchKey::Meta);
  return build(find(name), options);
}

}  // namespace brain::models
