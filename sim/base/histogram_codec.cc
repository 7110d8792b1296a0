// HdrHistogram's "V2 compressed" encoding: a 40-byte header and ZigZag LEB128 counts (negative = a run of zeros),
// deflated, in base64. Source: the encoding notes of HdrHistogram, https://github.com/HdrHistogram/HdrHistogram
#include <zlib.h>

#include <bit>
#include <limits>

#include "base/encoding.h"
#include "base/histogram.h"

namespace hookdrill {
namespace {

constexpr std::uint32_t kCookie = 0x1c849313;  // V2, one byte words
constexpr std::uint32_t kCompressedCookie = 0x1c849314;
constexpr std::size_t kHeaderBytes = 40;
constexpr std::size_t kPayloadBytesMax = Histogram::kCounters * 9 + kHeaderBytes;

template <class T>
void put(std::string& out, T value) {
  for (int shift = (sizeof(T) - 1) * 8; shift >= 0; shift -= 8)
    out += static_cast<char>(static_cast<std::uint64_t>(value) >> shift & 0xff);
}

template <class T>
T get(std::string_view bytes, std::size_t at) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return static_cast<T>(value);
}

// At most nine bytes: the ninth carries eight bits.
void put_zigzag(std::string& out, std::int64_t value) {
  auto bits = static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
  for (int i = 0; i < 8; ++i) {
    if (bits < 0x80) {
      out += static_cast<char>(bits);
      return;
    }
    out += static_cast<char>((bits & 0x7f) | 0x80);
    bits >>= 7;
  }
  out += static_cast<char>(bits);
}

std::optional<std::int64_t> get_zigzag(std::string_view bytes, std::size_t& at) {
  std::uint64_t bits = 0;
  for (int i = 0; i < 9; ++i) {
    if (at >= bytes.size()) return std::nullopt;
    const auto byte = static_cast<unsigned char>(bytes[at++]);
    bits |= static_cast<std::uint64_t>(i < 8 ? byte & 0x7f : byte) << (7 * i);
    if (i < 8 && byte < 0x80) break;
  }
  return static_cast<std::int64_t>(bits >> 1) ^ -static_cast<std::int64_t>(bits & 1);
}

}  // namespace

std::string Histogram::encode() const {
  std::string counts;
  const std::size_t end = used();
  for (std::size_t i = 0; i < end;) {
    std::size_t zeros = 0;
    while (i + zeros < end && counter(i + zeros) == 0) ++zeros;
    if (zeros > 0) {
      put_zigzag(counts, -static_cast<std::int64_t>(zeros));
      i += zeros;
    } else {
      put_zigzag(counts, static_cast<std::int64_t>(counter(i++)));
    }
  }
  std::string plain;
  put(plain, kCookie);
  put(plain, static_cast<std::uint32_t>(counts.size()));
  put(plain, std::uint32_t{0});  // normalizing index offset
  put(plain, std::uint32_t{3});  // significant digits
  put(plain, std::uint64_t{1});  // lowest discernible value
  put(plain, static_cast<std::uint64_t>(kHighest.count()));
  put(plain, std::bit_cast<std::uint64_t>(1.0));  // integer to double conversion ratio
  plain += counts;

  uLongf size = compressBound(plain.size());
  std::string deflated(size, '\0');
  compress(reinterpret_cast<Bytef*>(deflated.data()), &size, reinterpret_cast<const Bytef*>(plain.data()),
           plain.size());
  deflated.resize(size);
  std::string framed;
  put(framed, kCompressedCookie);
  put(framed, static_cast<std::uint32_t>(deflated.size()));
  return to_base64(framed + deflated);
}

std::optional<Histogram> Histogram::decode(std::string_view base64) {
  const std::optional<std::string> framed = from_base64(base64);
  if (!framed || framed->size() < 8 || get<std::uint32_t>(*framed, 0) != kCompressedCookie) return std::nullopt;
  std::string plain(kPayloadBytesMax, '\0');
  uLongf size = plain.size();
  if (uncompress(reinterpret_cast<Bytef*>(plain.data()), &size, reinterpret_cast<const Bytef*>(framed->data() + 8),
                 framed->size() - 8) != Z_OK) {
    return std::nullopt;
  }
  plain.resize(size);
  if (size < kHeaderBytes || get<std::uint32_t>(plain, 0) != kCookie || get<std::uint32_t>(plain, 12) != 3 ||
      get<std::uint64_t>(plain, 16) != 1 || get<std::uint32_t>(plain, 4) != size - kHeaderBytes) {
    return std::nullopt;
  }
  Histogram histogram;
  std::size_t index = 0;
  for (std::size_t at = kHeaderBytes; at < size;) {
    const std::optional<std::int64_t> value = get_zigzag(plain, at);
    if (!value) return std::nullopt;
    const std::uint64_t step = *value < 0 ? 0 - static_cast<std::uint64_t>(*value) : 1;
    if (step > kCounters || index + step > kCounters) return std::nullopt;
    const bool adds_up = *value <= 0 || static_cast<std::uint64_t>(*value) <= ~histogram.count();
    if (!adds_up) return std::nullopt;
    if (*value > 0) histogram.record(highest(index), static_cast<std::uint64_t>(*value));
    index += step;
  }
  return histogram;
}

}  // namespace hookdrill
