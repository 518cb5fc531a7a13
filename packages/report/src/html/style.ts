const LIGHT = `--page:#fff;--sunken:#f1f0ed;--line:#dfdeda;--strong:#b8b7b3;--text:#18191d;--soft:#3a3d43;--muted:#595c63;
--fault:#a53e00;--fault-fill:#dc631e;--recovering:#00687a;--recovering-fill:#0396af;--held:#036d3d;--held-fill:#339659;
--deviated:#a60156;--deviated-fill:#d53f77;--deviated-wash:#fdebef;--inconclusive:#565b70;--inconclusive-fill:#7b8098;
--people:#6b42a2;--people-fill:#956ed2;--alarm:#7a5400;--alarm-fill:#b07b01;--work-fill:#7a7d84;--series:#2e64a6;`

const DARK = `--page:#16181b;--sunken:#0b0d0f;--line:#292b30;--strong:#4a4d54;--text:#e8e9ec;--soft:#c8cace;--muted:#9da0a6;
--fault:#fc995f;--fault-fill:#e1773d;--recovering:#6cc8de;--recovering-fill:#40a8be;--held:#80ce96;--held-fill:#5bad74;
--deviated:#fc7bac;--deviated-fill:#e3578c;--deviated-wash:#361822;--inconclusive:#b3b8cd;--inconclusive-fill:#9297ac;
--people:#c6a6fe;--people-fill:#a583df;--alarm:#e0b063;--alarm-fill:#c08e39;--work-fill:#8b8f97;--series:#7fb1f1;`

/** The style of the page: ink on paper, colour for status only. Dark on screen when the reader's system is; print is light. */
export const STYLE = `
:root{color-scheme:light dark;${LIGHT}--sans:-apple-system,"Segoe UI Variable Text","Segoe UI",Inter,Roboto,"Noto Sans",system-ui,sans-serif;--mono:ui-monospace,"SF Mono","Cascadia Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace}
@media screen and (prefers-color-scheme:dark){:root{${DARK}}}
*,*::before,*::after{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--text);font:400 14px/1.45 var(--sans);font-variant-numeric:tabular-nums}
h1,h2,p,ul,ol,dl,dd{margin:0;padding:0}
ul,ol{list-style:none}
h1{font-size:23px;font-weight:600;line-height:1.28;letter-spacing:-.012em}
h2{font-size:16px;font-weight:600;line-height:1.25}
.page{max-width:1280px;margin:0 auto;padding:20px 28px 40px}
.crumb{display:flex;flex-wrap:wrap;gap:2px 12px;color:var(--muted);font-size:13px}
.tag{border:1px solid var(--strong);border-radius:2px;padding:0 6px;color:var(--soft)}
.tag.prod{border-color:var(--fault-fill);color:var(--fault)}
.answer{padding:12px 0 18px}
.answer h1{display:flex;gap:10px;align-items:baseline}
.answer h1 .i{font-size:20px;transform:translateY(2px)}
.answer p{margin-top:8px;font-size:15px;line-height:1.5;color:var(--soft);max-width:86ch}
.warn{margin-top:10px;padding:8px 12px;border:1px solid var(--deviated-fill);border-radius:3px;color:var(--deviated);font-weight:500;max-width:86ch}
.cols{display:grid;grid-template-columns:minmax(0,1fr) 300px;gap:0 32px}
aside{border-left:1px solid var(--line);padding-left:28px}
section{border-top:1px solid var(--strong);padding-bottom:20px}
aside section{border-color:var(--line)}
aside section:first-child,main section:first-child{border-top-color:var(--strong)}
section>header{display:flex;flex-wrap:wrap;align-items:baseline;gap:2px 12px;padding:13px 0 9px}
section>header .end{margin-left:auto;color:var(--muted);font-size:13px}
aside h2{font-size:14px}
table{border-collapse:collapse;width:100%}
th{text-align:left;font-weight:400;color:var(--muted);font-size:13px}
tbody th{color:var(--text);font-size:inherit;font-weight:500}
td,th{padding:6px 0;border-top:1px solid var(--line);vertical-align:baseline}
thead th{border-top:0;padding-top:0}
td+td,th+td,th+th{padding-left:16px}
b{font-weight:600}
.muted{color:var(--muted);font-weight:400}.soft{color:var(--soft)}.right{text-align:right}.nowrap{white-space:nowrap}
.small{font-size:13px}
code{font-family:var(--mono);font-size:.9em;overflow-wrap:anywhere}
.i{width:1em;height:1em;font-size:14px;vertical-align:-2px;flex:none}
.mark{font-weight:500;white-space:nowrap}
.held{color:var(--held)}.deviated{color:var(--deviated)}.inconclusive,.not-run{color:var(--inconclusive)}
.fault{color:var(--fault)}.recovering{color:var(--recovering)}.people{color:var(--people)}.alarm{color:var(--alarm)}.note,.work{color:var(--muted)}
.scroll{overflow-x:auto}.scroll:focus-visible{outline:2px solid var(--series);outline-offset:2px}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
svg text{font:11.5px/1 var(--sans);fill:var(--soft)}svg .b{font-weight:600;fill:var(--text)}
.halo{paint-order:stroke;stroke:var(--page);stroke-width:4px;stroke-linejoin:round}
.axis{stroke:var(--strong)}.limit{stroke:var(--text);stroke-width:1.5}.dim{stroke:var(--muted)}
.over{fill:var(--deviated-wash)}
.cap{stroke:var(--ink);stroke-width:2;fill:none}.body{fill:var(--ink);opacity:.24}
.ruler{--ink:var(--inconclusive-fill)}.ruler.held{--ink:var(--held-fill)}.ruler.deviated{--ink:var(--deviated-fill)}
.ruler,.ruler-head{display:block;width:100%;overflow:visible}
.ruler-head{height:18px}
.objectives td,.objectives th{padding-top:8px;padding-bottom:8px}
.objectives .r{position:relative;padding-top:0;padding-bottom:0;width:44%}
.objectives td.r .ruler{position:absolute;inset:0 0 0 16px;width:calc(100% - 16px);height:100%}
.objectives tbody tr{height:62px}
.objectives .vd{width:21%}.objectives td.vd,.objectives tbody th{vertical-align:top}.objectives td{vertical-align:top}
.objectives .lim{display:block;font-weight:600}.why{display:block;color:var(--soft);font-size:13px;line-height:1.35}
.how{color:var(--muted);font-size:13px;margin-top:8px}
.how li{padding:1px 0}
.strip,.split{display:block;width:100%;overflow:visible}
.lane{fill:var(--sunken)}.phase{fill:var(--page);stroke:var(--strong)}
.hatch-a{fill:var(--fault-fill);opacity:.6}.hatch-b{fill:var(--fault-fill)}.fault-bar{fill:url(#hatch)}.plate{fill:var(--page)}
.outage-bar{fill:var(--deviated-wash);stroke:var(--deviated-fill)}
.part-detect{fill:var(--alarm-fill)}.part-decide{fill:var(--people-fill)}.part-act{fill:var(--work-fill)}.part-propagate{fill:var(--recovering-fill)}.part-ramp{fill:var(--series)}.part-fail-back{fill:var(--work-fill)}
.key{width:10px;height:10px;margin-right:8px}
.split{margin-bottom:10px}
.lab{display:none;color:var(--muted)}
.put th,.put td{vertical-align:top}
.put .why{font-weight:400}
.same td{border-top:0;padding-top:0}
.same dl{display:grid;grid-template-columns:auto 1fr;gap:1px 12px;padding:6px 10px;background:var(--sunken);border-radius:3px;font-size:12.5px;line-height:1.5;color:var(--soft)}
.same dt{color:var(--muted)}.same dd{overflow-wrap:anywhere}
dl.kv{display:grid;grid-template-columns:auto minmax(0,1fr);gap:4px 14px;font-size:13px}
dl.kv dt{color:var(--muted)}dl.kv dd{text-align:right;overflow-wrap:anywhere}
dl.kv code{font-size:12px}
.facts{display:grid;grid-template-columns:minmax(110px,auto) minmax(0,1fr);gap:5px 18px}
dd,h1,p{overflow-wrap:anywhere}
.facts dt{color:var(--muted)}
.facts li{padding:1px 0}
.time td{padding:3px 0}.time td+td{padding-left:14px}
.time .t{white-space:nowrap;color:var(--soft)}.time .w{overflow-wrap:anywhere}
.facts+details,details+details{border-top:1px solid var(--line)}summary{padding:5px 0;cursor:pointer}details .facts{padding:2px 0 10px 18px}
.hash{display:block;font-size:11.5px;color:var(--muted);overflow-wrap:anywhere}
footer{border-top:1px solid var(--strong);padding-top:10px;color:var(--muted);font-size:13px}
@media (max-width:1060px){.cols{grid-template-columns:minmax(0,1fr)}aside{border-left:0;padding-left:0}aside section{border-color:var(--strong)}aside dl.kv{max-width:560px}}
@media screen and (max-width:860px){.page{padding:14px 16px 28px}h1{font-size:20px}
.objectives,.objectives tbody{display:block}.objectives thead{display:none}
.objectives tbody tr{display:grid;grid-template-columns:1fr auto;gap:2px 12px;padding:10px 0 8px;border-top:1px solid var(--line);height:auto}
.objectives td,.objectives th{display:block;border:0;padding:0!important}
.objectives .r{grid-column:1/-1;width:100%;height:58px}.objectives td.r .ruler{inset:0;width:100%;height:58px}
.objectives .vd{grid-column:1/-1;width:100%}
.put,.put tbody{display:block}.put thead{display:none}.put tr{display:block;padding:8px 0 6px;border-top:1px solid var(--line)}.put tr.same{border-top:0;padding-top:0}.put th,.put td{display:block;border:0;padding:1px 0!important;text-align:left}.put .nowrap{white-space:normal}.lab{display:inline}.strip .when{display:none}.time .who{display:none}.facts{grid-template-columns:minmax(0,1fr);gap:0}.facts dd{margin-bottom:7px}section>header .end{margin-left:0}}
@media print{@page{margin:14mm}body{font-size:11px;background:#fff}.page{max-width:none;padding:0}.cols{display:block}aside{border-left:0;padding-left:0}
h1{font-size:18px}section{break-inside:auto}tr,.ruler,.strip,.same,aside section{break-inside:avoid}section>header{break-after:avoid}
details::details-content{content-visibility:visible;block-size:auto}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}.scroll{overflow:visible}}
`
