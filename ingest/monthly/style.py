"""How the page of a report looks: on a screen, and on A4 in black and white too."""

STYLE = """
:root { --ink: #1c2733; --soft: #5b6875; --rule: #d5dbe1; --tint: #f4f6f8; --curve: #1f5f8b; --over: #b3261e; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 2rem 1.5rem 4rem; color: var(--ink); background: #fff;
  font: 15px/1.5 system-ui, "Segoe UI", Roboto, "Noto Sans", Arial, sans-serif; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: .2rem 0 1.2rem; font-weight: 650; }
h2 { font-size: 1.25rem; margin: 2.6rem 0 .8rem; padding-top: .7rem; border-top: 2px solid var(--ink); }
h2.plain { border: 0; margin-top: 1rem; padding: 0; font-size: 1rem; }
h3 { font-size: 1.02rem; margin: 1.8rem 0 .4rem; }
h3 small, .soft { color: var(--soft); font-weight: 400; }
p { margin: .4rem 0 .8rem; }
a { color: var(--curve); }
.city { margin: 0; font-size: .85rem; letter-spacing: .06em; text-transform: uppercase; color: var(--soft); }
.provisional { border-left: 3px solid var(--over); padding: .3rem .8rem; background: var(--tint); }
dl.cover { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1.6rem; margin: 0; }
dl.cover dt { color: var(--soft); } dl.cover dd { margin: 0; }
ul.counts { display: flex; flex-wrap: wrap; gap: 1rem; list-style: none; padding: 0; margin: 1.8rem 0; }
ul.counts li { flex: 1 1 6rem; border: 1px solid var(--rule); border-radius: 4px; padding: .6rem .8rem;
  color: var(--soft); font-size: .85rem; line-height: 1.3; }
ul.counts b { display: block; color: var(--ink); font-size: 1.5rem; font-weight: 600; }
nav ol { columns: 2; padding-left: 1.2rem; margin: .3rem 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .84rem; line-height: 1.35; margin: .2rem 0 1rem; }
caption { text-align: left; color: var(--soft); padding: .2rem 0 .4rem; }
.days table { width: auto; min-width: 40%; }
th, td { padding: .28rem .55rem; border-bottom: 1px solid var(--rule); text-align: left; vertical-align: top;
  overflow-wrap: anywhere; }
thead th { border-bottom: 1.5px solid var(--soft); background: var(--tint); vertical-align: bottom; }
tbody th { font-weight: 500; }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
th.n { white-space: normal; }
.s { white-space: nowrap; }
.over-limit { color: var(--over); font-weight: 650; }
.little { color: var(--soft); font-style: italic; }
.swatch { display: inline-block; width: .8em; height: .8em; margin-right: .4em; border: 1px solid var(--soft);
  vertical-align: -.05em; }
.plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(24rem, 1fr)); gap: .6rem 1.4rem; }
figure { margin: 0; } figcaption { font-size: .84rem; margin-bottom: .1rem; }
svg { width: 100%; height: auto; display: block; }
svg text { font-size: 10px; fill: var(--soft); }
svg .value { text-anchor: end; } svg .day { text-anchor: middle; }
svg .level { fill: var(--over); paint-order: stroke; stroke: #fff; stroke-width: 3px; }
svg .grid { stroke: var(--rule); stroke-width: .7; }
svg .curve { fill: none; stroke: var(--curve); stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; }
svg .band { fill: var(--curve); opacity: .16; } svg .bar { fill: var(--curve); opacity: .8; }
svg .dot { fill: var(--curve); }
svg .limit { fill: none; stroke: var(--over); stroke-width: 1.1; stroke-dasharray: 5 3; }
svg .over { fill: var(--over); stroke: #fff; stroke-width: .8; }
.notes { padding-left: 1.2rem; color: var(--soft); font-size: .88rem; } .notes li { margin: .25rem 0; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@page { size: A4; margin: 16mm 14mm 18mm;
  @bottom-right { content: counter(page) " / " counter(pages); font-size: 8pt; } }
@media print {
  body { max-width: none; padding: 0; font-size: 9.5pt; }
  h1 { font-size: 20pt; } h2 { font-size: 13pt; margin-top: 1.4rem; } h2.plain { font-size: 11pt; }
  .opening { break-after: page; }
  h2, h3, caption { break-after: avoid; } tr, figure, li, .whole { break-inside: avoid; }
  thead { display: table-header-group; } .scroll { overflow: visible; }
  table { font-size: 7.6pt; } th, td { padding: .14rem .3rem; }
  .plots { grid-template-columns: 1fr 1fr; gap: .3rem .9rem; } figcaption { font-size: 8pt; }
  .site { break-inside: auto; } nav { display: none; } a { color: inherit; text-decoration: none; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
"""
