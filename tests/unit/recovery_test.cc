// Sick times: what the rows of a run over time say about an outage and the retries after it.
#include "recovery.h"

#include "catch.h"
#include "reports/path_notes.h"

using namespace hookdrill;

namespace {

SeriesRow row(std::uint32_t second, std::uint64_t planned, std::uint64_t sent, std::uint64_t failed) {
  SeriesRow row;
  row.second = second;
  row.planned = planned;
  row.sent = sent;
  row.failed = failed;
  row.delivered = sent - failed;
  return row;
}

// 100 a second; from 10 to 20 s everything fails and is tried again, until 30 s twice as much is sent.
std::vector<SeriesRow> outage(bool drains) {
  std::vector<SeriesRow> rows;
  for (std::uint32_t second = 0; second < 60; ++second) {
    const bool sick = second >= 10 && second < 20;
    const bool loaded = second >= 10 && (second < 30 || !drains);
    rows.push_back(row(second, 100, loaded ? 200 : 100, sick ? 200 : 0));
  }
  return rows;
}

}  // namespace

TEST_CASE("recovery: an outage has its time, its load and its drain") {
  const std::vector<SickTime> times = sick_times(outage(true));
  REQUIRE(times.size() == 1);
  CHECK(times[0].from_s == 10);
  CHECK(times[0].until_s == 20);
  CHECK(times[0].load == 2);
  CHECK(times[0].load_max == 2);
  CHECK(times[0].over);
  CHECK(times[0].drained);
  CHECK(times[0].drained_s == 10);
}

TEST_CASE("recovery: a load that lasts to the end of the plan did not drain") {
  const std::vector<SickTime> times = sick_times(outage(false));
  REQUIRE(times.size() == 1);
  CHECK(times[0].over);
  CHECK_FALSE(times[0].drained);
}

TEST_CASE("recovery: one good moment within a bad time does not end it") {
  std::vector<SeriesRow> rows = outage(true);
  rows[15] = row(15, 100, 100, 0);
  REQUIRE(sick_times(rows).size() == 1);
  CHECK(sick_times(rows)[0].until_s == 20);
}

TEST_CASE("recovery: what ends only when nothing more is due did not end") {
  std::vector<SeriesRow> rows = outage(true);
  for (SeriesRow& each : rows) each.planned = each.second < 20 ? 100 : 0;
  const std::vector<SickTime> times = sick_times(rows);
  REQUIRE(times.size() == 1);
  CHECK_FALSE(times[0].over);
}

TEST_CASE("recovery: what is sick to the end did not recover") {
  std::vector<SeriesRow> rows;
  for (std::uint32_t second = 0; second < 60; ++second) rows.push_back(row(second, 100, 100, second < 30 ? 0 : 100));
  const std::vector<SickTime> times = sick_times(rows);
  REQUIRE(times.size() == 1);
  CHECK_FALSE(times[0].over);
  CHECK_FALSE(times[0].drained);
  PathResults path;
  path.sick_times = times;
  REQUIRE(path_notes(path).size() == 1);
  CHECK(path_notes(path)[0].label == "Sick");
  CHECK(path_notes(path)[0].text.find("it did not end") != std::string::npos);
}

TEST_CASE("recovery: single losses at a low rate are no sickness") {
  std::vector<SeriesRow> rows;
  for (std::uint32_t second = 0; second < 600; ++second) rows.push_back(row(second, 1, 1, second % 5 == 0 ? 1 : 0));
  CHECK(sick_times(rows).empty());
  CHECK(sick_times({}).empty());
  CHECK(path_notes(PathResults()).empty());
}
