-- The look of a report: one column of text, system fonts, figures as wide as the column, plain tables, fit for print.
return [[
:root { --ink: #1c1e21; --faint: #656d76; --rule: #d8dce0; --paper: #ffffff; --accent: #0b5394; --alarm: #a61b1b; }
* { box-sizing: border-box; }
html { font-size: 16px; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", sans-serif; }
main { max-width: 48rem; margin: 0 auto; padding: 3rem 1.5rem 5rem; }
h1 { font-size: 1.9rem; line-height: 1.2; letter-spacing: -0.01em; margin: 0 0 0.3rem; }
h2 { font-size: 1.15rem; margin: 2.8rem 0 0.8rem; padding-top: 0.9rem; border-top: 1px solid var(--rule); }
p { margin: 0 0 0.9rem; }
.meta { color: var(--faint); font-size: 0.9rem; margin: 0 0 1.6rem; }
.lead { font-size: 1.25rem; line-height: 1.45; margin: 0 0 1.2rem; }
.status { display: inline-block; border: 1px solid currentColor; border-radius: 0.25rem; padding: 0 0.45rem;
  color: var(--alarm); font-weight: 600; }
.error { border-left: 3px solid var(--alarm); padding: 0.4rem 0.9rem; color: var(--alarm);
  font-family: ui-monospace, "Liberation Mono", Menlo, monospace; font-size: 0.85rem; overflow-wrap: anywhere; }
figure { margin: 1.4rem 0 2rem; break-inside: avoid; }
figure img { display: block; max-width: 100%; max-height: 46rem; margin: 0 auto; height: auto; }
figcaption { color: var(--faint); font-size: 0.9rem; margin: 0.6rem 0 0.4rem; }
figcaption b { color: var(--ink); font-weight: 600; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 1rem; }
.pair figure { margin: 0.6rem 0; }
.wide { overflow-x: auto; margin: 0 0 1.2rem; }
table { border-collapse: collapse; font-size: 0.9rem; min-width: 40%; }
th, td { text-align: left; vertical-align: baseline; padding: 0.28rem 1.1rem 0.28rem 0; }
th { font-weight: 600; border-bottom: 1.5px solid var(--ink); white-space: nowrap; }
td { border-bottom: 1px solid var(--rule); }
tbody tr:last-child td { border-bottom: 1.5px solid var(--ink); }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
th + .n, td + .n { padding-left: 0.6rem; }
.id { white-space: nowrap; }
.gap { color: var(--faint); text-align: center; }
dl { margin: 0 0 1rem; font-size: 0.9rem; }
dl div { display: grid; grid-template-columns: 11rem 1fr; gap: 1rem; padding: 0.22rem 0;
  border-bottom: 1px solid var(--rule); }
dt { color: var(--faint); overflow-wrap: anywhere; }
dd { margin: 0; overflow-wrap: anywhere; }
code { font-family: ui-monospace, "Liberation Mono", Menlo, monospace; font-size: 0.85em; }
@media (max-width: 34rem) { main { padding: 1.5rem 1rem 3rem; } dl div { grid-template-columns: 1fr; gap: 0; } }
@media print {
  html { font-size: 10.5pt; }
  main { max-width: none; padding: 0; }
  h2 { break-after: avoid; }
  tr { break-inside: avoid; }
  .wide { overflow: visible; }
}
]]
