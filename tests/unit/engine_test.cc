#include "engine/engine.h"

#include <map>

#include "base/rng.h"
#include "catch.h"
#include "fake_transport.h"

using namespace hookdrill;
using namespace std::chrono_literals;

namespace {

Scenario scenario_with(double rate, Duration length, Stage::Arrivals arrivals, std::uint64_t seed) {
  Scenario scenario;
  scenario.seed = seed;
  Stage stage;
  stage.rate_from = stage.rate_to = rate;
  stage.length = length;
  stage.arrivals = arrivals;
  scenario.stages = {stage};
  return scenario;
}

struct RunOfFake {
  FakeTransport transport;
  PathStats stats;
  LiveCounters counters;

  RunOfFake(const Scenario& scenario, FakeTransport::Law law, EngineSettings settings = {}, Share share = {})
      : transport(std::move(law)), stats(scenario.stages.size()) {
    std::atomic<bool> stop{false};
    Agenda agenda(Plan(scenario, share), RetrySchedule(scenario.retry, scenario.seed));
    run(agenda, transport, stats, settings, stop, counters);
  }
};

// A world that is wrong in every way at random: loses, refuses, answers 503 or 200, at once or after up to 3 s.
FakeTransport::Law troubled_world(std::uint64_t seed) {
  return [seed](const Attempt& attempt) {
    const DrawKey key{seed, attempt.delivery, attempt.number, Purpose::model};
    DrawKey which = key;
    which.index = 1;
    static constexpr Outcome kOutcomes[] = {{OutcomeKind::http_status, 200},
                                            {OutcomeKind::http_status, 503},
                                            {OutcomeKind::connect_timeout, 0},
                                            {OutcomeKind::tls_reset, 0},
                                            {OutcomeKind::http_status, 200}};
    return FakeTransport::Script{from_seconds(draw_unit(key) * 3), kOutcomes[draw_below(which, 5)]};
  };
}

}  // namespace

TEST_CASE("engine: over 200 seeds every delivery ends once, follows the schedule, and the counts add up") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const auto arrivals = seed % 2 == 0 ? Stage::Arrivals::poisson : Stage::Arrivals::constant;
    Scenario scenario = scenario_with(20, 10s, arrivals, seed);
    scenario.retry.jitter = seed % 3 == 0 ? 0.2 : 0;
    scenario.retry.time_scale = 100;
    EngineSettings settings;
    settings.max_in_flight = seed % 5 == 0 ? 3 : 1000;
    const RunOfFake fake(scenario, troubled_world(seed), settings);
    const StageStats& stats = fake.stats.stages[0];
    INFO("seed " << seed);

    REQUIRE(stats.planned == count_arrivals(scenario.stages, seed));
    REQUIRE(stats.planned == stats.delivered_first_try + stats.delivered_by_retry + stats.expired);
    REQUIRE(stats.abandoned == 0);
    REQUIRE(stats.attempts == fake.transport.started.size());
    REQUIRE(fake.transport.in_flight_max <= static_cast<std::size_t>(settings.max_in_flight));

    std::uint64_t outcomes = 0;
    for (const OutcomeCount& row : stats.outcomes) outcomes += row.count;
    REQUIRE(outcomes == stats.attempts);
    REQUIRE(stats.latency.count() + stats.latency.infinite() == stats.attempts);
    REQUIRE(stats.time_to_deliver.count() + stats.time_to_deliver.infinite() == stats.planned);

    const RetrySchedule schedule(scenario.retry, seed);
    std::map<std::uint64_t, std::vector<Attempt>> by_delivery;
    for (std::size_t i = 0; i < fake.transport.started.size(); ++i) {
      const Attempt& attempt = fake.transport.started[i];
      REQUIRE(fake.transport.started_at[i] >= attempt.due);
      if (settings.max_in_flight == 1000) REQUIRE(fake.transport.started_at[i] == attempt.due);
      by_delivery[attempt.delivery].push_back(attempt);
    }
    REQUIRE(by_delivery.size() == stats.planned);
    const FakeTransport::Law law = troubled_world(seed);
    for (const auto& [delivery, attempts] : by_delivery) {
      REQUIRE(attempts.size() <= schedule.attempts_max());
      for (std::size_t i = 0; i < attempts.size(); ++i) {
        const FakeTransport::Script script = law(attempts[i]);
        REQUIRE(attempts[i].number == i);
        REQUIRE(attempts[i].first_due == attempts[0].due);
        const bool delivered = script.outcome.http_status == 200;
        const bool last = i + 1 == attempts.size();
        REQUIRE(last == (delivered || i + 1 == schedule.attempts_max()));
        if (!last && settings.max_in_flight == 1000) {
          REQUIRE(attempts[i + 1].due ==
                  attempts[i].due + script.takes + *schedule.wait_after(delivery, attempts[i].number));
        }
      }
    }
  }
}

TEST_CASE("engine: latency counts from the due time when the endpoint stalls, service time does not") {
  // One at a time, 10 a second; the first one takes 1 s: the next nine leave late, each finishing at once.
  Scenario scenario = scenario_with(10, 10s, Stage::Arrivals::constant, 1);
  EngineSettings settings;
  settings.max_in_flight = 1;
  const RunOfFake fake(
      scenario,
      [](const Attempt& attempt) { return FakeTransport::Script{attempt.delivery == 0 ? Duration(1s) : Duration(0)}; },
      settings);
  const StageStats& stats = fake.stats.stages[0];
  CHECK(stats.service.percentile(95) == Duration(0));
  CHECK(stats.latency.percentile(100) == Duration(1s));
  CHECK(to_seconds(*stats.latency.percentile(95)) == Approx(0.5).epsilon(0.001));
  CHECK(stats.lateness.max() == Duration(900ms));
  CHECK(stats.capped == 9);
}

TEST_CASE("engine: a delivery that never succeeds is tried as often as the schedule says and then expires") {
  Scenario scenario = scenario_with(1, 3s, Stage::Arrivals::constant, 7);
  const RunOfFake fake(scenario, [](const Attempt&) {
    return FakeTransport::Script{1s, {OutcomeKind::connect_timeout, 0}};
  });
  CHECK(fake.stats.stages[0].expired == 3);
  CHECK(fake.stats.stages[0].attempts == 3 * 6);
  CHECK(fake.stats.stages[0].dropped == 3 * 6);
  // 5 + 10 + 20 + 40 + 90 min of waiting, six attempts of 1 s, the last delivery due at 2 s.
  CHECK(fake.stats.ended == kRunStart + 165min + 6s + 2s);
}

TEST_CASE("engine: at the end of its time a run abandons what is left, and counts it") {
  Scenario scenario = scenario_with(10, 10s, Stage::Arrivals::constant, 1);
  EngineSettings settings;
  settings.end = kRunStart + 5s;
  const RunOfFake fake(
      scenario,
      [](const Attempt& attempt) {
        return FakeTransport::Script{
            10ms, {OutcomeKind::http_status, static_cast<std::uint16_t>(attempt.delivery % 2 == 0 ? 200 : 503)}};
      },
      settings);
  const StageStats& stats = fake.stats.stages[0];
  CHECK(stats.planned == 100);
  CHECK(stats.delivered_first_try == 25);
  CHECK(stats.abandoned == 75);
}

TEST_CASE("engine: which worker sends what changes nothing about what is sent") {
  Scenario scenario = scenario_with(50, 10s, Stage::Arrivals::poisson, 11);
  const auto attempts_of = [&](std::uint32_t workers) {
    std::map<std::pair<std::uint64_t, std::uint32_t>, Time> attempts;
    PathStats merged(1);
    for (std::uint32_t i = 0; i < workers; ++i) {
      const RunOfFake fake(scenario, troubled_world(11), {}, {i, workers});
      for (const Attempt& attempt : fake.transport.started) attempts[{attempt.delivery, attempt.number}] = attempt.due;
      merged.merge(fake.stats);
    }
    REQUIRE(merged.stages[0].planned == count_arrivals(scenario.stages, 11));
    return attempts;
  };
  const auto one = attempts_of(1);
  CHECK(one == attempts_of(2));
  CHECK(one == attempts_of(7));
}

TEST_CASE("engine: 2xx counts as delivered only where the scenario says so") {
  Scenario scenario = scenario_with(10, 1s, Stage::Arrivals::constant, 1);
  scenario.retry.schedule = "none";
  const auto law = [](const Attempt&) { return FakeTransport::Script{1ms, {OutcomeKind::http_status, 204}}; };
  CHECK(RunOfFake(scenario, law).stats.stages[0].expired == 10);
  EngineSettings any;
  any.success = RetrySettings::Success::any_2xx;
  CHECK(RunOfFake(scenario, law, any).stats.stages[0].delivered_first_try == 10);
}

TEST_CASE("engine: an endpoint that takes a wrong signature has failed, one that refuses it has not") {
  Scenario scenario = scenario_with(100, 10s, Stage::Arrivals::constant, 3);
  scenario.deliveries.mix = {{"text", 8}, {"wrong_signature", 2}};
  const Result<Payloads> payloads = Payloads::make(scenario.deliveries, scenario.seed);
  REQUIRE(payloads.has_value());
  EngineSettings settings;
  settings.payloads = &*payloads;
  std::uint64_t forged = 0;
  for (std::uint64_t i = 0; i < 1000; ++i) forged += payloads->expected(i) == ExpectedAnswer::refuse ? 1 : 0;
  REQUIRE(forged > 100);

  const auto strict = [&](const Attempt& attempt) {
    const bool refuse = payloads->expected(attempt.delivery) == ExpectedAnswer::refuse;
    return FakeTransport::Script{1ms, {OutcomeKind::http_status, static_cast<std::uint16_t>(refuse ? 401 : 200)}};
  };
  CHECK(RunOfFake(scenario, strict, settings).stats.stages[0].delivered_first_try == 1000);

  const auto careless = [](const Attempt&) { return FakeTransport::Script{1ms, {OutcomeKind::http_status, 200}}; };
  const RunOfFake taken(scenario, careless, settings);
  CHECK(taken.stats.stages[0].expired == forged);
  CHECK(taken.stats.stages[0].attempts == 1000);
  CHECK(outcome_code(taken.stats.stages[0].outcomes.back().outcome) == "http.accepted");
}

TEST_CASE("engine: a repeat is due right after the delivery that it repeats") {
  Scenario scenario = scenario_with(10, 60s, Stage::Arrivals::constant, 3);
  scenario.deliveries.mix = {{"text", 8}, {"repeated_at_once", 2}};
  const Result<Payloads> payloads = Payloads::make(scenario.deliveries, scenario.seed);
  REQUIRE(payloads.has_value());
  FakeTransport transport([](const Attempt&) { return FakeTransport::Script{1ms}; });
  PathStats stats(1);
  LiveCounters counters;
  const std::atomic<bool> stop{false};
  Agenda agenda(Plan(scenario, {}, 0, &*payloads), RetrySchedule(scenario.retry, scenario.seed));
  run(agenda, transport, stats, {}, stop, counters);
  std::map<std::uint64_t, Time> due;
  for (const Attempt& attempt : transport.started) due[attempt.delivery] = attempt.due;
  REQUIRE(due.size() == 600);
  std::size_t repeats = 0;
  for (const auto& [delivery, time] : due) {
    if (payloads->negative(delivery) != Negative::repeated_at_once) continue;
    ++repeats;
    CHECK(time - due[delivery - 1] >= Duration(0));
    CHECK(time - due[delivery - 1] <= Duration(5ms));
  }
  CHECK(repeats > 50);
}
