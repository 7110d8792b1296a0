// Readers (see toml_reader.h) for what a server does, on sockets and in a model, and for a path's model.
#pragma once

#include <optional>

#include "plan/scenario.h"
#include "plan/toml_reader.h"

namespace hookdrill {

/// The keys that [receiver] and [paths.NAME.model] share.
void read_behaviour(TableReader& table, const TomlNode& node, ServerBehaviour& server, Reading& reading);

/// "good", "expired", ...
void read_certificate(const TomlNode& node, ReceiverCertificate& certificate, Reading& reading);

/// A path's model before its own keys are read: like the embedded receiver when the path goes there.
PathModel default_model(const std::optional<ReceiverSettings>& receiver);

void read_model(const TomlNode& node, PathModel& model, Reading& reading);

}  // namespace hookdrill
