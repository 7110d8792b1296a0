// What a path's numbers leave to be said in words, once for all formats: late connections, the kind of loss, what
// retries made of the endpoint's bad times. Plain text; layout and escaping are the formats' own.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reports/results.h"

namespace hookdrill {

struct PathNote {
  std::string_view label;  // one word, for a narrow column
  std::string_view title;  // where there is room
  std::string text;        // no full stop at its end
};

/// "Delayed": "148 connections opened only when their SYN was sent again: late, but not lost".
/// "Kind": how the losses hang together.
/// "Sick": when most attempts failed, how much more load retries made of it, and how long it took to drain.
/// Only what there is to say.
std::vector<PathNote> path_notes(const PathResults& path);

/// The longest of a path's sick times, or null.
const SickTime* longest_sick_time(const PathResults& path);

}  // namespace hookdrill
