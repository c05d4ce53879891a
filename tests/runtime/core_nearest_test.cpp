#include "core/nearest.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>

#include "core/philox.h"

using brain::nearest;

TEST_CASE("nearest finds the name that was meant") {
  const std::vector<std::string> names{"learning_rate", "batch", "epochs", "weight_decay", "momentum",
                                       "Conv2d", "ConvTranspose2d", "relu", "gelu", "selu"};
  CHECK(nearest("learnign_rate", names) == "learning_rate");  // swapped neighbours
  CHECK(nearest("bacth", names) == "batch");
  CHECK(nearest("epoch", names) == "epochs");
  CHECK(nearest("weightdecay", names) == "weight_decay");
  CHECK(nearest("conv2D", names) == "Conv2d");
  CHECK(nearest("RELU", names) == "relu");
  CHECK(nearest("batch", names) == "batch");
}

TEST_CASE("nearest is silent when nothing is close") {
  CHECK(nearest("dropout", {"batch", "epochs"}).empty());
  CHECK(nearest("x", {"y", "z"}).empty());
  CHECK(nearest("", {"a", "abc"}).empty());
  CHECK(nearest("lr", {}).empty());
  CHECK(nearest("abcdef", {"abcxyz"}).empty());  // 3 edits, 2 allowed
}

TEST_CASE("ties go to the prefix, then to the case, then to the earlier name") {
  CHECK(nearest("cosin", {"losin", "cosix"}) == "cosix");
  CHECK(nearest("Relu", {"RELU", "relu", "reLU"}) == "relu");
  CHECK(nearest("Linea", {"lineal", "Linear"}) == "Linear");
  CHECK(nearest("axb", {"ab", "xb", "ax"}) == "ax");
  CHECK(nearest("cat", {"car", "can"}) == "car");
}

// The full table of optimal string alignment, without bands or limits.
static int slow_distance(const std::string& a, const std::string& b) {
  std::vector<std::vector<int>> d(a.size() + 1, std::vector<int>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        d[i][j] = static_cast<int>(i + j);
        continue;
      }
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  }
  return d[a.size()][b.size()];
}

TEST_CASE("nearest agrees with the slow search") {
  brain::Philox random(11, 0);
  const auto random_word = [&] {
    std::string word(1 + random.below(9), ' ');
    for (char& c : word) c = static_cast<char>('a' + random.below(3));
    return word;
  };
  for (int trial = 0; trial < 300; ++trial) {
    const std::string word = random_word();
    std::vector<std::string> names(5);
    for (auto& name : names) name = random_word();
    int smallest = 1000;
    for (const auto& name : names) {
      const int edits = slow_distance(word, name);
      const int limit = std::max<int>(1, static_cast<int>(word.size()) / 3);
      const int length = static_cast<int>(std::max(word.size(), name.size()));
      if (edits <= limit && edits < length) smallest = std::min(smallest, edits);
    }
    const std::string found = nearest(word, names);
    CAPTURE(word, names, found);
    if (smallest == 1000)
      CHECK(found.empty());
    else
      CHECK(slow_distance(word, found) == smallest);
  }
}

TEST_CASE("nearest searches five thousand names at once") {
  brain::Philox random(12, 0);
  std::vector<std::string> names(5000);
  for (auto& name : names) {
    name.resize(5 + random.below(25));
    for (char& c : name) c = static_cast<char>('a' + random.below(26));
  }
  names[4321] = "scaled_dot_product_attention";
  const auto start = std::chrono::steady_clock::now();
  CHECK(nearest("scaled_dot_produkt_atention", names) == "scaled_dot_product_attention");
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(1));
}
