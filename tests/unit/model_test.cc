// The model's laws one by one: what is lost, when, and what a busy server makes of it.
#include <algorithm>
#include <set>

#include "catch.h"
#include "engine/statistics.h"
#include "model/model_transport.h"
#include "plan/connection_hash.h"

using namespace hookdrill;
using namespace std::chrono_literals;

namespace {

ModelSettings settings_with(std::vector<DropLaw> laws) {
  ModelSettings settings;
  settings.model.connect.low = 10ms;
  settings.model.tls.low = 0ms;
  settings.model.server.delay.low = 1ms;
  settings.model.server.drops = std::move(laws);
  return settings;
}

DropLaw law(DropLaw::Of of, double share, DropBy by = DropBy::flow) {
  DropLaw law;
  law.of = of;
  law.share = share;
  law.by = by;
  return law;
}

// First attempts, one every `gap`, in order of their ends.
std::vector<Finished> attempts(const ModelSettings& settings, std::uint64_t count, Duration gap,
                               std::uint32_t number = 0) {
  ModelTransport transport(settings);
  std::vector<Finished> finished;
  for (std::uint64_t i = 0; i < count; ++i) {
    const Time due = kRunStart + i * gap;
    while (transport.now() < due) transport.wait(due, finished);
    Attempt attempt;
    attempt.delivery = i;
    attempt.number = number;
    attempt.due = attempt.first_due = due;
    transport.start(attempt);
  }
  while (finished.size() < count) transport.wait(kNever, finished);
  return finished;
}

std::uint64_t count_of(const std::vector<Finished>& finished, OutcomeKind kind) {
  return static_cast<std::uint64_t>(
      std::count_if(finished.begin(), finished.end(), [&](const Finished& f) { return f.outcome.kind == kind; }));
}

bool holds(Interval interval, double share) {
  return interval.low <= share && share <= interval.high;
}

Duration connect_of(const Finished& finished) {
  return finished.phases[static_cast<std::size_t>(Phase::connect)];
}

std::vector<std::string> addresses(int count) {
  std::vector<std::string> sources;
  for (int i = 0; i < count; ++i)
    sources.push_back("127.0." + std::to_string(1 + i / 200) + "." + std::to_string(1 + i % 200));
  return sources;
}

}  // namespace

TEST_CASE("model: a SYN lost by packet delays the connection by 1, 3, 7 and 15 s before it fails") {
  const std::vector<Finished> finished =
      attempts(settings_with({law(DropLaw::Of::syn, 0.3, DropBy::packet)}), 20'000, 1ms);
  const Duration delays[] = {0s, 1s, 3s, 7s, 15s};
  double share = 0.7;
  for (const Duration delay : delays) {
    const auto came =
        static_cast<std::uint64_t>(std::count_if(finished.begin(), finished.end(), [&](const Finished& f) {
          return f.outcome.kind == OutcomeKind::http_status && connect_of(f) == delay + 10ms;
        }));
    INFO(format_duration(delay));
    CHECK(holds(wilson(came, finished.size()), share));
    share *= 0.3;
  }
  CHECK(holds(wilson(count_of(finished, OutcomeKind::connect_timeout), finished.size()), 0.3 * 0.3 * 0.3 * 0.3 * 0.3));
}

TEST_CASE("model: a connection lost by flow never comes through, and takes the whole of its time to fail") {
  const std::vector<Finished> finished = attempts(settings_with({law(DropLaw::Of::syn, 0.18)}), 20'000, 1ms);
  CHECK(holds(wilson(count_of(finished, OutcomeKind::connect_timeout), finished.size()), 0.18));
  for (const Finished& f : finished) {
    REQUIRE(f.done - f.sent == (f.outcome.kind == OutcomeKind::connect_timeout ? Duration(20s) : Duration(11ms)));
  }
}

TEST_CASE("model: by source it loses the addresses that the receiver's packet filter would, always") {
  ModelSettings settings = settings_with({law(DropLaw::Of::syn, 0.3, DropBy::source)});
  settings.sources = addresses(200);
  settings.seed = 7;
  const std::vector<Finished> finished = attempts(settings, 5'000, 1ms, 3);
  std::uint64_t lost = 0;
  for (const Finished& f : finished) {
    const std::string& source = settings.sources[draw_below({7, f.attempt.delivery, 3, Purpose::source}, 200)];
    const bool taken = source_hash(drop_salt(7, 0), source) < hash_threshold(0.3);
    REQUIRE((f.outcome.kind == OutcomeKind::connect_timeout) == taken);
    lost += taken;
  }
  CHECK(lost > 0);
  CHECK(lost < finished.size());
}

TEST_CASE("model: within an outage everything is refused, before and after it nothing") {
  DropLaw outage = law(DropLaw::Of::refuse, 1);
  outage.from = 10s;
  outage.length = 5s;
  for (const Finished& f : attempts(settings_with({outage}), 2'000, 10ms)) {
    const bool inside = f.sent >= kRunStart + 10s && f.sent < kRunStart + 15s;
    REQUIRE((f.outcome.kind == OutcomeKind::connect_refused) == inside);
  }
}

TEST_CASE("model: a SYN that is sent again after a silent outage gets through") {
  DropLaw outage = law(DropLaw::Of::syn, 1);
  outage.from = 10s;
  outage.length = 5s;
  for (const Finished& f : attempts(settings_with({outage}), 2'000, 10ms)) {
    REQUIRE(f.outcome.kind == OutcomeKind::http_status);
    const Duration since = f.sent - kRunStart - Duration(10s);
    const Duration waited = since < 0s || since >= 5s ? Duration(0s)
                            : since >= 4s             ? Duration(1s)
                            : since >= 2s             ? Duration(3s)
                                                      : Duration(7s);
    REQUIRE(connect_of(f) == waited + 10ms);
  }
}

TEST_CASE("model: bursts lose what falls into them, and as much of the time as they last") {
  DropLaw bursts = law(DropLaw::Of::reset, 1);
  bursts.burst_every = 9s;
  bursts.burst_length = 1s;
  const std::vector<Finished> finished = attempts(settings_with({bursts}), 200'000, 10ms);
  const double lost =
      static_cast<double>(count_of(finished, OutcomeKind::tls_reset)) / static_cast<double>(finished.size());
  CHECK(lost == Approx(0.1).margin(0.03));
  std::uint64_t changes = 0;
  for (std::size_t i = 1; i < finished.size(); ++i) changes += finished[i].outcome.kind != finished[i - 1].outcome.kind;
  CHECK(changes < 600);  // about 200 bursts in 2,000 s; drawn one by one it would be 36,000
}

TEST_CASE("model: each way to lose a connection has the outcome that sockets show") {
  struct Case {
    DropLaw::Of of;
    OutcomeKind with_tls, plain;
  };
  const Case cases[] = {{DropLaw::Of::reset, OutcomeKind::tls_reset, OutcomeKind::wait_reset},
                        {DropLaw::Of::silence, OutcomeKind::tls_timeout, OutcomeKind::wait_timeout},
                        {DropLaw::Of::hello, OutcomeKind::tls_closed, OutcomeKind::wait_closed},
                        {DropLaw::Of::syn, OutcomeKind::connect_timeout, OutcomeKind::connect_timeout}};
  for (const Case& each : cases) {
    ModelSettings settings = settings_with({law(each.of, 1)});
    CHECK(attempts(settings, 1, 1s)[0].outcome.kind == each.with_tls);
    settings.tls = false;
    CHECK(attempts(settings, 1, 1s)[0].outcome.kind == each.plain);
  }
}

TEST_CASE("model: a certificate that no strict client takes ends every attempt in the handshake") {
  ModelSettings settings = settings_with({});
  settings.model.certificate = ReceiverCertificate::expired;
  CHECK(count_of(attempts(settings, 10, 1s), OutcomeKind::tls_certificate) == 10);
  settings.tls = false;
  CHECK(count_of(attempts(settings, 10, 1s), OutcomeKind::http_status) == 10);
}

TEST_CASE("model: retries of the same sender meet the filter that the first attempt met, those of any may not") {
  ModelSettings settings = settings_with({law(DropLaw::Of::syn, 0.3, DropBy::source)});
  settings.sources = addresses(200);
  const auto lost = [&](std::uint32_t number) {
    std::set<std::uint64_t> deliveries;
    for (const Finished& f : attempts(settings, 2'000, 1ms, number)) {
      if (f.outcome.kind == OutcomeKind::connect_timeout) deliveries.insert(f.attempt.delivery);
    }
    return deliveries;
  };
  CHECK(lost(0) != lost(1));
  settings.sender = RetrySettings::Sender::same;
  CHECK(lost(0) == lost(1));
}

TEST_CASE("model: requests are closed, reset and cut in their shares") {
  ModelSettings settings = settings_with({});
  settings.model.server.close = 0.1;
  settings.model.server.reset = 0.2;
  settings.model.server.half = 0.3;
  const std::vector<Finished> finished = attempts(settings, 20'000, 1ms);
  CHECK(holds(wilson(count_of(finished, OutcomeKind::wait_closed), finished.size()), 0.1));
  CHECK(holds(wilson(count_of(finished, OutcomeKind::wait_reset), finished.size()), 0.2));
  CHECK(holds(wilson(count_of(finished, OutcomeKind::read_closed), finished.size()), 0.3));
}

TEST_CASE("model: a limit lets each source have its burst, then its rate") {
  ModelSettings settings = settings_with({});
  settings.model.server.limit = {1, 5, DropLaw::Of::reset};
  const std::vector<Finished> one = attempts(settings, 1'000, 10ms);  // 100/s for 10 s
  CHECK(count_of(one, OutcomeKind::http_status) == 5 + 9);
  settings.sources = addresses(200);  // 0.5/s each
  const std::vector<Finished> many = attempts(settings, 1'000, 10ms);
  CHECK(count_of(many, OutcomeKind::tls_reset) < 10);
}

TEST_CASE("model: a server with one worker takes connections one after the other") {
  ModelSettings settings = settings_with({});
  settings.model.server.delay.low = 100ms;
  settings.model.capacity.workers = 1;
  settings.model.capacity.handshake = 50ms;
  const std::vector<Finished> finished = attempts(settings, 10, 0ms);
  for (std::size_t i = 0; i < finished.size(); ++i) {
    REQUIRE(finished[i].outcome.kind == OutcomeKind::http_status);
    REQUIRE(finished[i].done == kRunStart + 10ms + (i + 1) * 150ms);
  }
}

TEST_CASE("model: beyond its queue a server drops SYNs, refuses, resets or answers, as it is told") {
  ModelSettings settings = settings_with({});
  settings.model.server.delay.low = 9s;
  settings.model.syn_again.clear();
  settings.model.capacity.workers = 2;
  settings.model.capacity.queue = 3;
  const auto outcomes = [&] { return attempts(settings, 10, 0ms); };
  // Two are served at once, two after 9 s; the fifth is begun after 18 s, too late for its 20 s.
  CHECK(count_of(outcomes(), OutcomeKind::wait_timeout) == 1);
  CHECK(count_of(outcomes(), OutcomeKind::http_status) == 4);
  CHECK(count_of(outcomes(), OutcomeKind::connect_timeout) == 5);
  settings.model.capacity.full = DropLaw::Of::refuse;
  CHECK(count_of(outcomes(), OutcomeKind::connect_refused) == 5);
  settings.model.capacity.full = DropLaw::Of::reset;
  CHECK(count_of(outcomes(), OutcomeKind::tls_reset) == 5);
  settings.model.capacity.full_status = 503;
  const std::vector<Finished> finished = outcomes();
  CHECK(std::count_if(finished.begin(), finished.end(),
                      [](const Finished& f) { return f.outcome.http_status == 503; }) == 5);
}

TEST_CASE("model: a full server that drops the SYN gets it again a second later") {
  ModelSettings settings = settings_with({});
  settings.model.server.delay.low = 500ms;
  settings.model.capacity.workers = 1;
  settings.model.capacity.queue = 0;
  const std::vector<Finished> finished = attempts(settings, 2, 0ms);
  REQUIRE(count_of(finished, OutcomeKind::http_status) == 2);
  CHECK(connect_of(finished[0]) == 10ms);
  CHECK(connect_of(finished[1]) == 1010ms);
}

TEST_CASE("model: a delivery taken without the client's knowing is a duplicate when it comes again") {
  ModelSettings settings = settings_with({});
  settings.model.server.delay.low = 30s;
  ModelTransport transport(settings);
  std::vector<Finished> finished;
  Attempt attempt;
  for (int i = 0; i < 3; ++i) {
    transport.start(attempt);
    transport.wait(kNever, finished);
    CHECK(finished.back().outcome.kind == OutcomeKind::wait_timeout);
    attempt = finished.back().attempt;
    ++attempt.number;
  }
  CHECK(transport.duplicates() == 2);
}

TEST_CASE("model: kept connections spare the handshakes, and the laws for new connections") {
  ModelSettings settings = settings_with({law(DropLaw::Of::syn, 0.5)});
  settings.keepalive = true;
  const std::vector<Finished> finished = attempts(settings, 100, 1s);
  CHECK(std::count_if(finished.begin(), finished.end(), [](const Finished& f) { return f.fresh; }) < 10);
  for (const Finished& f : finished) {
    if (!f.fresh) REQUIRE((f.outcome.kind == OutcomeKind::http_status && connect_of(f) == kNotReached));
  }
}

TEST_CASE("model: the same seed gives the same ends, another seed gives others") {
  ModelSettings settings = settings_with({law(DropLaw::Of::syn, 0.3, DropBy::packet), law(DropLaw::Of::reset, 0.1)});
  settings.model.server.delay = {DelayLaw::Kind::lognormal, 5ms, {}, 0, 1.5};
  settings.model.server.status = {{200, 9}, {503, 1}};
  settings.model.capacity.workers = 3;
  const auto story = [&](std::uint64_t seed) {
    settings.seed = seed;
    std::vector<std::tuple<std::uint64_t, Time, Outcome>> ends;
    for (const Finished& f : attempts(settings, 2'000, 2ms)) ends.emplace_back(f.attempt.delivery, f.done, f.outcome);
    return ends;
  };
  CHECK(story(1) == story(1));
  CHECK(story(1) != story(2));
}
