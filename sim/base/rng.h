// Random draws that depend only on their key, so that any worker, shard or rerun draws the same. No state, no std
// distributions (their results differ between libraries).
#pragma once

#include <cstdint>

namespace hookdrill {

/// What a draw is for. Two purposes never share a draw. Numbers are part of what a seed means: append only.
enum class Purpose : std::uint32_t {
  arrival = 1,
  payload = 2,
  retry_jitter = 3,
  source = 4,
  address = 5,
  challenge = 6,
  receiver = 7,
  model = 8,
  bootstrap = 9,
  secret = 10,
  block_order = 11,
};

struct DrawKey {
  std::uint64_t seed = 0;
  std::uint64_t delivery = 0;
  std::uint32_t attempt = 0;
  Purpose purpose = Purpose::payload;
  std::uint32_t index = 0;  // the n-th draw for the same purpose
};

/// 64 uniform bits.
std::uint64_t draw(const DrawKey& key);

/// A number in [0, 1), with 53 random bits.
double draw_unit(const DrawKey& key);

/// A number in [0, below), without bias that anyone could measure; below > 0.
std::uint64_t draw_below(const DrawKey& key, std::uint64_t below);

/// An exponential waiting time with mean 1.
double draw_exponential(const DrawKey& key);

/// A standard normal value.
double draw_normal(const DrawKey& key);

}  // namespace hookdrill
