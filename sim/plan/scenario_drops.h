// Readers (see toml_reader.h) for how a receiver loses connections.
#pragma once

#include <vector>

#include "plan/scenario.h"
#include "plan/toml_reader.h"

namespace hookdrill {

inline constexpr std::size_t kDropsMax = 16;

/// One law, { of = "syn", share = 0.18, by = "flow", from = "10s", for = "5s", bursts = { every = "9s", last = "1s" }
/// }, or a list of them.
void read_drops(const TomlNode& node, std::vector<DropLaw>& laws, Reading& reading);

/// { rate = "20/s", burst = 20, of = "reset" }.
void read_source_limit(const TomlNode& node, SourceLimit& limit, Reading& reading);

}  // namespace hookdrill
