#include "plan/drop_timeline.h"

#include "catch.h"

using namespace hookdrill;
using namespace std::chrono_literals;

namespace {

// Share of `length` in which the law acts, walking from change to change; bounded.
double active_share(DropTimeline timeline, Duration length) {
  Duration active{};
  Duration now{};
  for (int changes = 0; changes < 1'000'000 && now < length; ++changes) {
    const bool acts = timeline.active_at(now);
    const Duration next = std::min(timeline.next_change(), length);
    if (acts) active += next - now;
    now = next;
  }
  return to_seconds(active) / to_seconds(length);
}

}  // namespace

TEST_CASE("drop timeline: a law without times acts from the beginning to the end") {
  DropTimeline timeline({}, 1, 0);
  CHECK(timeline.active_at(0s));
  CHECK(timeline.next_change() == Duration::max());
  CHECK(timeline.active_at(24h * 365));
}

TEST_CASE("drop timeline: an outage begins and ends on its nanosecond") {
  DropLaw law;
  law.from = 10s;
  law.length = 5s;
  DropTimeline timeline(law, 1, 0);
  CHECK_FALSE(timeline.active_at(0s));
  CHECK(timeline.next_change() == 10s);
  CHECK_FALSE(timeline.active_at(10s - 1ns));
  CHECK(timeline.active_at(10s));
  CHECK(timeline.next_change() == 15s);
  CHECK(timeline.active_at(15s - 1ns));
  CHECK_FALSE(timeline.active_at(15s));
  CHECK(timeline.next_change() == Duration::max());
}

TEST_CASE("drop timeline: a window may be passed over in one step") {
  DropLaw law;
  law.from = 10s;
  law.length = 5s;
  CHECK_FALSE(DropTimeline(law, 1, 0).active_at(60s));
}

TEST_CASE("drop timeline: bursts take their share of the time, and start with a quiet one") {
  DropLaw law;
  law.burst_every = 9s;
  law.burst_length = 1s;
  DropTimeline timeline(law, 42, 0);
  CHECK_FALSE(timeline.active_at(0s));
  CHECK(active_share(timeline, 100'000s) == Approx(0.1).margin(0.007));  // 5 standard errors over 10,000 cycles
}

TEST_CASE("drop timeline: bursts stay within their window") {
  DropLaw law;
  law.from = 100s;
  law.length = 50s;
  law.burst_every = 1ms;
  law.burst_length = 1ms;
  CHECK(active_share(DropTimeline(law, 42, 0), 100s) == 0);
  CHECK(active_share(DropTimeline(law, 42, 0), 200s) == Approx(0.125).margin(0.005));
}

TEST_CASE("drop timeline: two laws of one seed burst at different times, one law always at the same") {
  DropLaw law;
  law.burst_every = 10s;
  law.burst_length = 1s;
  DropTimeline first(law, 42, 0);
  DropTimeline again(law, 42, 0);
  DropTimeline second(law, 42, 1);
  for (DropTimeline* each : {&first, &again, &second}) each->active_at(0s);
  CHECK(first.next_change() == again.next_change());
  CHECK(first.next_change() != second.next_change());
}
