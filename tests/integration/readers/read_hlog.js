// Reads an .hlog with hdr-histogram-js and prints, for each tag, the count and percentiles in ns, as JSON.
const fs = require("fs");
const hdr = require("hdr-histogram-js");

const reader = new hdr.HistogramLogReader(fs.readFileSync(process.argv[2], "utf8"), 64);
const tags = {};
for (let histogram = reader.nextIntervalHistogram(); histogram; histogram = reader.nextIntervalHistogram()) {
  const at = (percent) => histogram.getValueAtPercentile(percent);
  tags[histogram.tag] = {
    count: histogram.totalCount, p50_ns: at(50), p90_ns: at(90), p95_ns: at(95), p99_ns: at(99), p999_ns: at(99.9),
    max_ns: histogram.maxValue, mean_ns: histogram.mean,
  };
}
console.log(JSON.stringify(tags));
