#include "plan/connection_hash.h"

#include <arpa/inet.h>

#include <array>
#include <cmath>

#include "base/rng.h"

namespace hookdrill {
namespace {

constexpr std::uint32_t kSaltDraw = 999;  // DrawKey::index; those below belong to answers

}  // namespace

std::uint32_t source_hash(std::uint32_t salt, std::span<const std::uint8_t> address) {
  std::uint32_t hash = salt;
  for (std::size_t i = 0; i + 4 <= address.size(); i += 4) {
    const std::uint32_t word = std::uint32_t{address[i]} << 24 | std::uint32_t{address[i + 1]} << 16 |
                               std::uint32_t{address[i + 2]} << 8 | address[i + 3];
    hash = mix_hash(hash ^ word);
  }
  return hash;
}

std::uint32_t source_hash(std::uint32_t salt, const std::string& address) {
  std::array<std::uint8_t, 16> bytes{};
  if (inet_pton(AF_INET, address.c_str(), bytes.data()) == 1) return source_hash(salt, std::span(bytes).first(4));
  if (inet_pton(AF_INET6, address.c_str(), bytes.data()) == 1) return source_hash(salt, bytes);
  return 0;
}

std::uint64_t hash_threshold(double share) {
  return static_cast<std::uint64_t>(std::llround(share * 0x1p32));
}

std::uint32_t drop_salt(std::uint64_t seed, std::uint32_t law) {
  return static_cast<std::uint32_t>(draw({seed, 0, law, Purpose::receiver, kSaltDraw}));
}

}  // namespace hookdrill
