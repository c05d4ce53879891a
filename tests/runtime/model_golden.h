#pragma once
// The rows of tests/data/model_golden.tsv: what PyTorch's constructors draw.
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <ATen/ATen.h>

struct ModelGolden {
  std::string model, key;
  double first, sum;
};

inline std::vector<ModelGolden> model_golden() {
  std::ifstream in("tests/data/model_golden.tsv");
  if (!in) throw std::runtime_error("tests/data/model_golden.tsv is not there");
  std::vector<ModelGolden> rows;
  for (std::string line; std::getline(in, line);) {
    std::istringstream fields(line);
    ModelGolden row;
    fields >> row.model >> row.key >> row.first >> row.sum;
    rows.push_back(row);
  }
  return rows;
}

// The picture that the "output" rows answer to.
inline at::Tensor golden_picture() {
  const at::Tensor i = at::arange(3 * 224 * 224, at::kDouble);
  return at::sin(0.37 * i + 1e-5 * i * i).to(at::kFloat).reshape({1, 3, 224, 224});
}
