// The bodies of a scenario's deliveries: pure functions of (seed, number), so that any worker can make its own share
// and a retry sends the same bytes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "plan/payload_library.h"
#include "plan/payload_negative.h"
#include "plan/payload_template.h"
#include "plan/scenario.h"

namespace hookdrill {

/// Makes bodies. Immutable after make(); may be used from several threads.
class Payloads {
 public:
  /// Fails on an unknown type in the mix (with the nearest known one) and on a damaged template.
  static Result<Payloads> make(const DeliverySettings& settings, std::uint64_t seed);

  /// Replaces `out` by the body of a delivery: compact JSON with Meta's escaping, ASCII only. Reuses its capacity.
  void body(std::uint64_t delivery, std::string& out) const;

  /// The same, behind what is in `out` already.
  void append_body(std::uint64_t delivery, std::string& out) const;

  /// How many updates a delivery has: the batch of the scenario, or 1 when its type is a whole body.
  int updates(std::uint64_t delivery) const;

  /// The wamid (or the equivalent id) of one update of a delivery: unique in a run, as it stands in the body. "" for
  /// types without an id, such as account_update.
  std::string message_id(std::uint64_t delivery, int update) const;

  /// Name of an update's type, as in the mix and in payloads/.
  const std::string& type(std::uint64_t delivery, int update) const;

  /// Which of Meta's clients sends a delivery: messaging | changes.
  const std::string& client(std::uint64_t delivery) const;

  /// What is wrong with a delivery on purpose. body(), updates(), message_id() and type() tell of the delivery as it
  /// would be without; a repeated one has those of its original.
  Negative negative(std::uint64_t delivery) const;

  /// The answer that a good endpoint gives to a delivery. One that accepts what should be refused fails the run.
  ExpectedAnswer expected(std::uint64_t delivery) const;

  /// The delivery whose bytes a delivery repeats; itself for most.
  std::uint64_t original(std::uint64_t delivery) const;

  /// How long after its original (always the delivery before it) a repeated_at_once delivery is due: 0 to 5 ms.
  Duration repeat_gap(std::uint64_t delivery) const;

 private:
  struct Type {
    std::string name;
    double until = 0;  // the share of the types up to this one, of its group
    PayloadTemplate content;
  };
  template <class Value>
  struct Choice {
    Value value;
    double until = 0;  // the share of the choices up to this one
  };
  // Types that can share a delivery: those with the same body around them.
  struct Group {
    std::string client;
    double until = 0;      // the share of the groups up to this one
    PayloadTemplate head;  // the body before the updates; empty for a whole body
    PayloadTemplate tail;
    bool whole = false;  // the type is a whole body: one update, whatever the batch
    std::vector<Type> types;
  };

  Result<void> add_type(const PayloadLibrary& library, const std::string& name, double share,
                        const DeliverySettings& settings);
  void add_negatives(const DeliverySettings& settings);
  Result<void> add_sizes(const DeliverySettings& settings);
  struct Nature {
    Negative negative = Negative::none;
    std::uint64_t original = 0;
  };
  Nature nature(std::uint64_t delivery) const;
  Negative drawn_negative(std::uint64_t delivery) const;
  void lengthen(std::uint64_t delivery, std::size_t body_begin, std::size_t text_end, std::string& out) const;
  const Group& group(std::uint64_t delivery) const;
  const Type& pick_type(const Group& of, std::uint64_t delivery, std::uint32_t update) const;

  std::uint64_t seed_ = 0;
  std::uint64_t run_bits_ = 0;
  int batch_ = 1;
  std::unique_ptr<const Corpus> corpus_;  // templates point into it
  std::vector<Group> groups_;
  std::vector<Choice<Negative>> negatives_;  // `none` among them; empty when no delivery is wrong on purpose
  std::vector<Choice<std::size_t>> sizes_;   // least bytes of a body; empty when bodies are as long as they are
};

}  // namespace hookdrill
