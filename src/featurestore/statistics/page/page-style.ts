/** The style sheet of the page: light and dark as the reader has it, from a phone to a wide screen, and on paper. */
export const pageStyle = `
:root { color-scheme: light dark; --page: #f6f7f9; --card: #ffffff; --ink: #1b2330; --quiet: #5a6475; --line: #d9dee7;
  --here: #2f6fb7; --there: #c2570c; --good: #1a7f4b; --fair: #8a5a00; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --page: #12161c; --card: #1b212a; --ink: #e6eaf0; --quiet: #a3adbd; --line: #37404e;
  --here: #6aa9ee; --there: #f0964f; --good: #5ccb92; --fair: #e0b252; --bad: #f2857c; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 1rem; background: var(--page); color: var(--ink); font: 15px/1.45 system-ui, sans-serif; }
main { max-width: 1560px; margin: 0 auto; }
h1 { font-size: 1.5rem; margin: 0.25rem 0; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 2rem 0 0.75rem; overflow-wrap: anywhere; }
h3 { font-size: 1rem; margin: 0; overflow-wrap: anywhere; }
p { margin: 0.25rem 0; overflow-wrap: anywhere; }
.quiet { color: var(--quiet); font-size: 0.875rem; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 350px), 1fr)); gap: 1rem; align-items: start; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 0.9rem; min-width: 0; }
.wide { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 350px), 1fr)); gap: 1rem; }
.chart { max-width: 460px; margin: 0.5rem 0; }
.chart svg { display: block; width: 100%; height: auto; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 0.8125rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--quiet); padding: 0.25rem 0; }
th, td { text-align: left; padding: 0.2rem 0.5rem 0.2rem 0; border-bottom: 1px solid var(--line); font-weight: normal; vertical-align: top; }
thead th { color: var(--quiet); }
tbody th { overflow-wrap: anywhere; min-width: 6rem; }
.n { text-align: right; white-space: nowrap; }
details { margin-top: 0.5rem; }
summary { cursor: pointer; color: var(--quiet); font-size: 0.875rem; }
.key::before { content: ""; display: inline-block; width: 0.8em; height: 0.8em; margin-right: 0.35em; border: 2px solid var(--there); }
.key.here::before { background: var(--here); border-color: var(--here); }
.key { margin-right: 1rem; white-space: nowrap; }
.stable { color: var(--good); } .moderate { color: var(--fair); } .large { color: var(--bad); font-weight: 600; }
.note { border-left: 4px solid var(--fair); padding-left: 0.6rem; margin: 0.5rem 0; }
:focus-visible { outline: 2px solid var(--here); outline-offset: 2px; }
@media print { .card { break-inside: avoid; } details > * { display: block; } }
`;
