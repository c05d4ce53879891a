// brain.losses: the losses as Lua functions of tensors and a last table of options.
#include "bindings/lua/luax.h"
#include "bindings/torch/call.h"
#include "bindings/torch/convert.h"
#include "bindings/torch/tensor.h"
#include "core/error.h"
#include "losses/classification.h"
#include "losses/clip_hba.h"
#include "losses/contrastive.h"
#include "losses/regression.h"
#include "losses/similarity.h"

namespace brain {

namespace {

// Named options of one loss, read once each.
class LossOptions : public luax::Options {
 public:
  LossOptions(lua_State* L, int index, const char* loss) : Options(L, index, loss), L_(L), loss_(loss) {}

  double number(const char* name, double otherwise) {
    if (!get(name)) return otherwise;
    const double value = luax::check_number(L_, -1, loss_, name);
    lua_pop(L_, 1);
    return value;
  }

  // Undefined when absent; a number becomes a 0-d tensor that does not promote.
  at::Tensor tensor(const char* name, bool takes_numbers = false) {
    if (!get(name)) return {};
    at::Scalar scalar;
    const at::Tensor value = takes_numbers && to_scalar(L_, -1, scalar) ? wrapped_number(scalar)
                                                                        : check_tensor(L_, -1, loss_, name);
    lua_pop(L_, 1);
    return value;
  }

  // The place of a word; the first is the default.
  int choice(const char* name, const std::vector<std::string>& words) {
    const std::string word = string(name, words[0]);
    std::string all;
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (words[i] == word) return static_cast<int>(i);
      all += (i ? ", '" : "'") + words[i] + "'";
    }
    fail(loss_, ": ", name, ": expected one of ", all, ", got '", word, "'");
  }

  at::Reduction::Reduction reduction() {
    constexpr at::Reduction::Reduction kinds[] = {at::Reduction::Mean, at::Reduction::Sum,
                                                  at::Reduction::None};
    return kinds[choice("reduction", {"mean", "sum", "none"})];
  }

 private:
  lua_State* L_;
  const char* loss_;
};

// Pushes what f gives, trying again after a collection when memory runs out.
template <class F>
int push_loss(lua_State* L, F f) {
  push_tensor(L, with_memory(L, f));
  return 1;
}

// cross_entropy(logits, target, {weight, label_smoothing, ignore_index, reduction})
int lua_cross_entropy(lua_State* L) {
  const at::Tensor logits = check_tensor(L, 1, "cross_entropy", "logits"),
                   target = check_tensor(L, 2, "cross_entropy", "target");
  LossOptions options(L, 3, "cross_entropy");
  CrossEntropyOptions o;
  o.weight = options.tensor("weight");
  o.label_smoothing = options.number("label_smoothing", 0);
  o.ignore_index = options.integer("ignore_index", -100);
  o.reduction = options.reduction();
  options.finish();
  return push_loss(L, [&] { return cross_entropy(logits, target, o); });
}

// mse(prediction, target, {reduction})
int lua_mse(lua_State* L) {
  const at::Tensor prediction = check_tensor(L, 1, "mse", "prediction"),
                   target = check_tensor(L, 2, "mse", "target");
  LossOptions options(L, 3, "mse");
  const auto reduction = options.reduction();
  options.finish();
  return push_loss(L, [&] { return mse(prediction, target, reduction); });
}

// smooth_l1(prediction, target, {beta, reduction})
int lua_smooth_l1(lua_State* L) {
  const at::Tensor prediction = check_tensor(L, 1, "smooth_l1", "prediction"),
                   target = check_tensor(L, 2, "smooth_l1", "target");
  LossOptions options(L, 3, "smooth_l1");
  const double beta = options.number("beta", 1);
  const auto reduction = options.reduction();
  options.finish();
  return push_loss(L, [&] { return smooth_l1(prediction, target, beta, reduction); });
}

// pearson(prediction, target, {dim})
int lua_pearson(lua_State* L) {
  const at::Tensor prediction = check_tensor(L, 1, "pearson", "prediction"),
                   target = check_tensor(L, 2, "pearson", "target");
  LossOptions options(L, 3, "pearson");
  const std::int64_t dim = options.integer("dim", 0);
  options.finish();
  return push_loss(L, [&] { return pearson(prediction, target, dim); });
}

// noise_normalised_correlation(prediction, target, ceiling, {dim, squared})
int lua_noise_normalised_correlation(lua_State* L) {
  constexpr const char* name = "noise_normalised_correlation";
  const at::Tensor prediction = check_tensor(L, 1, name, "prediction"),
                   target = check_tensor(L, 2, name, "target");
  const at::Tensor ceiling = check_tensor(L, 3, name, "ceiling");
  LossOptions options(L, 4, name);
  const std::int64_t dim = options.integer("dim", 0);
  const bool squared = options.boolean("squared", false);
  options.finish();
  return push_loss(L,
                   [&] { return noise_normalised_correlation(prediction, target, ceiling, dim, squared); });
}

// clip_contrastive(image, text, {scale, ids, duplicates})
int lua_clip_contrastive(lua_State* L) {
  const at::Tensor image = check_tensor(L, 1, "clip_contrastive", "image"),
                   text = check_tensor(L, 2, "clip_contrastive", "text");
  LossOptions options(L, 3, "clip_contrastive");
  ClipOptions o;
  o.scale = options.tensor("scale", /*takes_numbers=*/true);
  o.ids = options.tensor("ids");
  o.duplicates = static_cast<Duplicates>(options.choice("duplicates", {"positive", "mask"}));
  options.finish();
  return push_loss(L, [&] { return clip_contrastive(image, text, o); });
}

// realnet_generation(prediction, target, {correlation, detach_contrast}) -> total, mse, contrast
int lua_realnet_generation(lua_State* L) {
  constexpr const char* name = "realnet_generation";
  const at::Tensor prediction = check_tensor(L, 1, name, "prediction"),
                   target = check_tensor(L, 2, name, "target");
  LossOptions options(L, 3, name);
  const auto correlation = static_cast<Correlation>(options.choice("correlation", {"pearson", "spearman"}));
  const bool detach = options.boolean("detach_contrast", false);
  options.finish();
  auto loss = with_memory(L, [&] { return realnet_generation(prediction, target, correlation, detach); });
  push_tensor(L, std::move(loss.total));
  push_tensor(L, std::move(loss.mse));
  push_tensor(L, std::move(loss.contrast));
  return 3;
}

// triplet_odd_one_out(embedding, triplets, {similarity, temperature})
int lua_triplet_odd_one_out(lua_State* L) {
  constexpr const char* name = "triplet_odd_one_out";
  const at::Tensor embedding = check_tensor(L, 1, name, "embedding"),
                   triplets = check_tensor(L, 2, name, "triplets");
  LossOptions options(L, 3, name);
  const bool cosine = options.choice("similarity", {"dot", "cosine"}) == 1;
  const double temperature = options.number("temperature", 1);
  options.finish();
  return push_loss(L, [&] { return triplet_odd_one_out(embedding, triplets, cosine, temperature); });
}

// rdm(features, target, {distance, compare})
int lua_rdm(lua_State* L) {
  const at::Tensor features = check_tensor(L, 1, "rdm", "features"),
                   target = check_tensor(L, 2, "rdm", "target");
  LossOptions options(L, 3, "rdm");
  const auto distance = static_cast<RdmDistance>(
      options.choice("distance", {"correlation", "cosine", "euclidean", "sqeuclidean"}));
  const auto compare = static_cast<RdmComparison>(options.choice("compare", {"pearson", "cosine", "mse"}));
  options.finish();
  return push_loss(L, [&] { return rdm_alignment(features, target, distance, compare); });
}

// cka(x, y, {unbiased})
int lua_cka(lua_State* L) {
  const at::Tensor x = check_tensor(L, 1, "cka", "x"), y = check_tensor(L, 2, "cka", "y");
  LossOptions options(L, 3, "cka");
  const bool unbiased = options.boolean("unbiased", false);
  options.finish();
  return push_loss(L, [&] { return cka(x, y, unbiased); });
}

// clip_hba(image, text, target, {pairs, scale}) -> loss, prediction
int lua_clip_hba(lua_State* L) {
  const at::Tensor image = check_tensor(L, 1, "clip_hba", "image"),
                   text = check_tensor(L, 2, "clip_hba", "text");
  const at::Tensor target = check_tensor(L, 3, "clip_hba", "target");
  LossOptions options(L, 4, "clip_hba");
  const bool pairs = options.boolean("pairs", false);
  const double scale = options.number("scale", 100);
  options.finish();
  auto result = with_memory(L, [&] { return clip_hba(image, text, target, pairs, scale); });
  push_tensor(L, std::move(result.loss));
  push_tensor(L, std::move(result.prediction));
  return 2;
}

const luaL_Reg functions[] = {
    {"cross_entropy", luax::guarded<lua_cross_entropy>},
    {"mse", luax::guarded<lua_mse>},
    {"smooth_l1", luax::guarded<lua_smooth_l1>},
    {"pearson", luax::guarded<lua_pearson>},
    {"noise_normalised_correlation", luax::guarded<lua_noise_normalised_correlation>},
    {"clip_contrastive", luax::guarded<lua_clip_contrastive>},
    {"realnet_generation", luax::guarded<lua_realnet_generation>},
    {"triplet_odd_one_out", luax::guarded<lua_triplet_odd_one_out>},
    {"rdm", luax::guarded<lua_rdm>},
    {"cka", luax::guarded<lua_cka>},
    {"clip_hba", luax::guarded<lua_clip_hba>},
    {nullptr, nullptr}};

}  // namespace

int luaopen_brain_losses(lua_State* L) {
  luaL_newlib(L, functions);
  return 1;
}

}  // namespace brain
