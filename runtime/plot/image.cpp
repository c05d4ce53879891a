#include "plot/image.h"

#include <algorithm>

namespace brain::plot {

Image shrunk(const Image& image, int least) {
  const int factor = std::min({std::max(image.width, image.height) / std::max(least, 1), image.width, image.height});
  if (factor < 2) return image;
  Image small{image.width / factor, image.height / factor, {}};
  small.rgb.reserve(static_cast<std::size_t>(small.width) * small.height * 3);
  for (int row = 0; row < small.height; ++row)
    for (int column = 0; column < small.width; ++column)
      for (int channel = 0; channel < 3; ++channel) {
        unsigned sum = 0;
        for (int y = row * factor; y < (row + 1) * factor; ++y)
          for (int x = column * factor; x < (column + 1) * factor; ++x)
            sum += image.rgb[(static_cast<std::size_t>(y) * image.width + x) * 3 + channel];
        const unsigned area = factor * factor;
        small.rgb.push_back(static_cast<std::uint8_t>((sum + area / 2) / area));
      }
  return small;
}

Image repeated(const Image& image, int times) {
  Image large{image.width * times, image.height * times, {}};
  large.rgb.resize(static_cast<std::size_t>(large.width) * large.height * 3);
  for (int y = 0; y < large.height; ++y)
    for (int x = 0; x < large.width; ++x)
      std::copy_n(&image.rgb[(static_cast<std::size_t>(y / times) * image.width + x / times) * 3], 3,
                  &large.rgb[(static_cast<std::size_t>(y) * large.width + x) * 3]);
  return large;
}

}  // namespace brain::plot
