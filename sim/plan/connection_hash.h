// Which connections a share means: a hash of where a connection comes from, simple enough for a packet filter in the
// kernel to compute, so that sockets and models lose the same sources. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace hookdrill {

// MurmurHash3's finalizer (Austin Appleby, public domain): every bit of the input changes half of the output.
inline constexpr std::uint32_t kHashFactors[] = {0x85ebca6b, 0xc2b2ae35};
inline constexpr std::uint32_t kHashShifts[] = {16, 13, 16};

constexpr std::uint32_t mix_hash(std::uint32_t h) {
  h = (h ^ (h >> kHashShifts[0])) * kHashFactors[0];
  h = (h ^ (h >> kHashShifts[1])) * kHashFactors[1];
  return h ^ (h >> kHashShifts[2]);
}

/// Of the 4 or 16 bytes of an address. Another salt chooses others.
std::uint32_t source_hash(std::uint32_t salt, std::span<const std::uint8_t> address);

/// Of an address in digits; of any other text, 0.
std::uint32_t source_hash(std::uint32_t salt, const std::string& address);

/// Hashes below it are the share: 0 to 2^32.
std::uint64_t hash_threshold(double share);

/// The salt of a receiver's n-th drop law.
std::uint32_t drop_salt(std::uint64_t seed, std::uint32_t law);

}  // namespace hookdrill
