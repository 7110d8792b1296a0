// The look of the HTML report: light and dark, wide and phone, screen and paper. No font, no picture, nothing is
// fetched.
#pragma once

#include <string_view>

namespace hookdrill {

inline constexpr std::string_view kHtmlStyle = R"css(
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --text: #17202b; --dim: #5a6675; --edge: #dde2e8; --grid: #e6eaef;
  --code: #eef1f5;
  --pass: #1a7f37; --fail: #c62828; --warn: #9a6200; --on-verdict: #ffffff;
  --s0: #1f6feb; --s1: #c2500a; --s2: #6f42c1; --s3: #0e7c86; --s4: #b3246b; --s5: #6b6f00;
  --sent: #6b7786; --retried: #b07700; --late: #6f42c1;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0f141a; --card: #171e26; --text: #e4e9ef; --dim: #9aa7b5; --edge: #2b3541; --grid: #26303b;
    --code: #222b35;
    --pass: #4cc26a; --fail: #ff7b72; --warn: #e3b341; --on-verdict: #0f141a;
    --s0: #6cb2ff; --s1: #ff9e57; --s2: #c6a3ff; --s3: #56d4dd; --s4: #ff8ac0; --s5: #d0d35a;
    --sent: #8d99a8; --retried: #e3b341; --late: #c6a3ff;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--text);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: anywhere; -webkit-text-size-adjust: 100%;
}
main { max-width: 1120px; margin: 0 auto; padding: 20px 16px 48px; }
h1 { margin: 0; font-size: 1.6rem; line-height: 1.25; }
h2 { margin: 0 0 12px; font-size: 1.15rem; }
h3 { margin: 20px 0 6px; font-size: 1rem; }
p { margin: 6px 0; }
section, header { background: var(--card); border: 1px solid var(--edge); border-radius: 10px; padding: 18px 20px;
  margin: 0 0 16px; }
header { border-left: 8px solid var(--verdict); }
.pass { --verdict: var(--pass); } .fail { --verdict: var(--fail); } .untrusted, .undecided { --verdict: var(--warn); }
.badge {
  display: inline-block; margin-right: 10px; padding: 2px 12px; border-radius: 6px; background: var(--verdict);
  color: var(--on-verdict); font-weight: 700; letter-spacing: .03em; vertical-align: 2px; font-size: 1.05rem;
}
.reason { font-size: 1.1rem; margin-top: 10px; }
.dim, figcaption, .legend, .axis-label { color: var(--dim); }
.small { font-size: .875rem; }
code, kbd { font: .9em/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  background: var(--code); border-radius: 4px; padding: 1px 5px; }
pre { margin: 6px 0; padding: 10px 12px; background: var(--code); border-radius: 6px; overflow-x: auto;
  white-space: pre-wrap;
  font: .875rem/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9375rem; }
th, td { padding: 5px 10px; text-align: left; vertical-align: baseline; border-bottom: 1px solid var(--edge); }
th { font-weight: 600; color: var(--dim); font-size: .875rem; }
tbody th { color: var(--text); font-size: inherit; }
th, td { overflow-wrap: normal; }
tbody th { white-space: nowrap; } tbody th.wrap { white-space: normal; }
tr:last-child > * { border-bottom: 0; }
.num { text-align: right; white-space: nowrap; }
.share { display: inline-block; min-width: 4.6em; }
.nowrap { white-space: nowrap; overflow-wrap: normal; }
.tiles { display: flex; flex-wrap: wrap; gap: 4px 28px; list-style: none; margin: 10px 0 6px; padding: 0;
  color: var(--dim); }
.tiles b { color: var(--text); font-size: 1.25rem; margin-right: 4px; }
.status { font-weight: 700; color: var(--verdict); white-space: nowrap; }
.bar { width: 40%; min-width: 70px; }
.bar i { display: block; height: 12px; border-radius: 3px; min-width: 2px; background: var(--fill, var(--s0)); }
.delivered { --fill: var(--pass); --ink: var(--pass); } .retried { --fill: var(--retried); --ink: var(--retried); }
.failed, .expired { --fill: var(--fail); --ink: var(--fail); } .abandoned { --fill: var(--sent); --ink: var(--sent); }
.sent { --fill: var(--sent); --ink: var(--sent); } .late { --ink: var(--late); }
.s0 { --ink: var(--s0); } .s1 { --ink: var(--s1); } .s2 { --ink: var(--s2); }
.s3 { --ink: var(--s3); } .s4 { --ink: var(--s4); } .s5 { --ink: var(--s5); }
.explain td { border-bottom: 1px solid var(--edge); padding-top: 0; }
.explain:last-child td { border-bottom: 0; }
.explained > * { border-bottom: 0; padding-bottom: 0; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 20px 28px; }
figure { margin: 0; }
figcaption { font-weight: 600; color: var(--text); margin-bottom: 4px; }
figure > svg, .stack > svg { display: block; width: 100%; height: auto; }
.stack { margin: 4px 0 8px; } .stack > svg { border-radius: 5px; }
svg text { fill: var(--dim); font-size: 15px; font-family: inherit; }
.grid { stroke: var(--grid); stroke-width: 1; } .axis { fill: none; stroke: var(--dim); stroke-width: 1; }
.line { fill: none; stroke: var(--ink); stroke-width: 2.5; stroke-linejoin: round; }
.s1.line, .retried.line { stroke-dasharray: 9 4; } .s2.line, .failed.line { stroke-dasharray: 3 3; }
.s3.line, .sent.line { stroke-dasharray: 12 3 3 3; } .s4.line { stroke-dasharray: 6 6; }
.s5.line { stroke-dasharray: 2 5; }
.area { fill: var(--ink); opacity: .22; } .arrow { fill: var(--ink); } .part { fill: var(--fill); }
.legend { display: flex; flex-wrap: wrap; gap: 2px 18px; list-style: none; margin: 0 0 6px; padding: 0;
  font-size: .875rem; }
.legend svg { width: 28px; height: 12px; margin-right: 6px; vertical-align: -1px; }
.swatch { display: inline-block; width: 12px; height: 12px; border-radius: 3px; margin-right: 6px;
  background: var(--fill); vertical-align: -1px; }
details { margin-top: 6px; font-size: .9375rem; } summary { cursor: pointer; color: var(--dim); font-size: .875rem; }
details .scroll { max-height: 320px; overflow: auto; }
.finding { border-left: 4px solid var(--verdict); padding: 2px 0 2px 14px; margin: 14px 0; }
.warn { --verdict: var(--warn); } .fatal, .error { --verdict: var(--fail); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 3px 18px; margin: 0; font-size: .9375rem; }
dt { color: var(--dim); } dd { margin: 0; }
@media (max-width: 640px) {
  main { padding: 10px 8px 32px; }
  section, header { padding: 14px 12px; border-radius: 8px; }
  h1 { font-size: 1.3rem; }
  th, td { padding: 5px 5px; } table { font-size: .875rem; }
  .wide { display: none; }
  svg text { font-size: 21px; }
  dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: 8px; }
}
@media print {
  body { background: none; font-size: 11pt; } section, header { break-inside: avoid; border-radius: 0; }
}
)css";

}  // namespace hookdrill
