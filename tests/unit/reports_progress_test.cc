#include "catch.h"
#include "reports/progress.h"
#include "reports/text.h"

using namespace hookdrill;

namespace {

ProgressSnapshot sample() {
  return {.scenario = "vps-drop",
          .elapsed = std::chrono::seconds(52),
          .remaining = std::chrono::seconds(48),
          .planned_per_second = 5200,
          .sent_per_second = 5210,
          .delivered_per_second = 4270.4,
          .in_flight = 212,
          .retrying = 911,
          .lost_share = 0.179,
          .top_cause = "connect.timeout",
          .lateness_max = std::chrono::microseconds(200)};
}

}  // namespace

TEST_CASE("progress: a wide line says everything") {
  CHECK(progress_line(sample(), 200) ==
        "vps-drop  [██████████▍         ]  0:52/1:40  sent 5,210/s  delivered 4,270/s  in flight 212  retrying 911  "
        "lost 17.9 % (connect.timeout)  late max 200 us");
}

TEST_CASE("progress: a narrow line keeps what matters most") {
  CHECK(progress_line(sample(), 100) ==
        "0:52/1:40  sent 5,210/s  delivered 4,270/s  retrying 911  lost 17.9 % (connect.timeout)");
  CHECK(progress_line(sample(), 42) == "0:52/1:40  lost 17.9 % (connect.timeout)");
  for (int width = 0; width < 200; ++width)
    CHECK(display_width(progress_line(sample(), width)) <= static_cast<std::size_t>(width));
}

TEST_CASE("progress: a generator that falls behind shows what was planned") {
  ProgressSnapshot snapshot = sample();
  snapshot.planned_per_second = 6000;
  CHECK(progress_log_line(snapshot) ==
        "0:52 of 1:40: planned 6,000/s, sent 5,210/s, delivered 4,270/s, in flight 212, retrying 911, lost 17.9 % "
        "(connect.timeout), late max 200 us");
}

TEST_CASE("progress: the first moment and hours are printed too") {
  CHECK(progress_log_line({}) ==
        "0:00 of 0:00: sent 0/s, delivered 0/s, in flight 0, retrying 0, lost 0 %, late max 0 ms");
  ProgressSnapshot snapshot = sample();
  snapshot.elapsed = std::chrono::seconds(3729);
  snapshot.remaining = {};
  snapshot.sent_per_second = snapshot.planned_per_second = 0.5;
  CHECK(progress_line(snapshot, 60).find("1:02:09/1:02:09  sent 0.5/s") == 0);
}
