#include "base/rng.h"

#include <cmath>
#include <numbers>

namespace hookdrill {
namespace {

// The finalizer of SplitMix64 (Steele, Lea, Flood 2014): a bijection that changes half of the bits on average.
constexpr std::uint64_t mix(std::uint64_t x) {
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9U;
  x ^= x >> 27;
  x *= 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15U;

double unit(std::uint64_t bits) {
  return static_cast<double>(bits >> 11) * 0x1.0p-53;
}

}  // namespace

std::uint64_t draw(const DrawKey& key) {
  std::uint64_t x = mix(key.seed + kGolden);
  x = mix(x ^ (key.delivery + kGolden));
  x = mix(x ^ ((std::uint64_t{key.attempt} << 32) | static_cast<std::uint32_t>(key.purpose)));
  return mix(x + kGolden * (std::uint64_t{key.index} + 1));
}

double draw_unit(const DrawKey& key) {
  return unit(draw(key));
}

std::uint64_t draw_below(const DrawKey& key, std::uint64_t below) {
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::uint64_t>((Wide{draw(key)} * below) >> 64);
}

double draw_exponential(const DrawKey& key) {
  return -std::log1p(-draw_unit(key));
}

double draw_normal(const DrawKey& key) {
  const std::uint64_t first = draw(key);
  const double radius = std::sqrt(-2.0 * std::log1p(-unit(first)));
  return radius * std::cos(2.0 * std::numbers::pi * unit(mix(first + kGolden)));
}

}  // namespace hookdrill
