#include "plan/turns.h"

#include <map>
#include <set>

#include "catch.h"

using namespace hookdrill;
using namespace std::chrono_literals;

namespace {

Stage stage_of(double from, double to, Duration length, bool measure = true) {
  Stage stage;
  stage.rate_from = from;
  stage.rate_to = to;
  stage.length = length;
  stage.arrivals = Stage::Arrivals::poisson;
  stage.measure = measure;
  return stage;
}

}  // namespace

TEST_CASE("turns: the blocks together are the plan, number by number, and dues count from each block") {
  Scenario scenario;
  scenario.stages = {stage_of(50, 50, 2s, false), stage_of(20, 200, 6s), stage_of(100, 100, 4s)};
  std::map<std::uint64_t, Time> whole;
  Plan plan(scenario, Share{});
  while (const std::optional<Arrival> arrival = plan.next()) whole[arrival->number] = arrival->due;

  std::map<std::uint64_t, Time> pieces;
  for (const Turn& turn : turns_of_comparison(scenario.stages, 20, 2, 9)) {
    if (turn.path == 1) continue;
    Plan piece(scenario, Share{}, 0, nullptr, turn.window);
    while (const std::optional<Arrival> arrival = piece.next()) {
      CHECK(arrival->due >= kRunStart);
      CHECK(pieces.emplace(arrival->number, arrival->due + turn.window.from.time_since_epoch()).second);
    }
  }
  CHECK(pieces == whole);
}

TEST_CASE("turns: every block goes over every path, and every path is first as often as any other") {
  for (const std::size_t paths : {2U, 3U}) {
    std::map<std::size_t, std::set<std::size_t>> seen;
    std::vector<int> first(paths);
    const std::vector<Turn> turns = turns_of_comparison({stage_of(10, 10, 10s)}, 24, paths, 4);
    REQUIRE(turns.size() == 24 * paths);
    for (std::size_t i = 0; i < turns.size(); ++i) {
      seen[turns[i].block].insert(turns[i].path);
      if (i % paths == 0) ++first[turns[i].path];
    }
    for (const auto& [block, of] : seen) CHECK(of.size() == paths);
    for (const int count : first) CHECK(count == static_cast<int>(24 / paths));
  }
}

TEST_CASE("turns: who begins follows from the seed") {
  std::set<std::size_t> beginners;
  for (std::uint64_t seed = 1; seed <= 20; ++seed)
    beginners.insert(turns_of_comparison({stage_of(10, 10, 10s)}, 20, 2, seed)[0].path);
  CHECK(beginners.size() == 2);
}
