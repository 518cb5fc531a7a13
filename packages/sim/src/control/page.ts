/**
 * The page of a running world, in one piece: it fetches `/world`, `/clock`, `/transitions` and the populations' success from the
 * port that served it and draws what they say. Nothing is loaded from elsewhere.
 */
export const WORLD_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Simulated world</title>
<link rel="icon" href="data:,">
<style>
:root { color-scheme: light dark;
  --bg: light-dark(#f6f7f9, #12151a); --card: light-dark(#fff, #1a1e25); --line: light-dark(#d9dee5, #2c333d);
  --text: light-dark(#1b2430, #e4e9f0); --dim: light-dark(#5b6776, #98a4b3);
  --good: light-dark(#0b7a3e, #4cc38a); --goodbg: light-dark(#e3f4ea, #14301f);
  --bad: light-dark(#b3261e, #ff8a80); --badbg: light-dark(#fbe9e7, #3a1a18);
  --wait: light-dark(#8a5a00, #f0b95a); --waitbg: light-dark(#fdf3dc, #33270f); }
* { box-sizing: border-box }
body { margin: 0; background: var(--bg); color: var(--text); font: 14px/1.45 system-ui, sans-serif }
header { display: flex; flex-wrap: wrap; gap: 4px 24px; align-items: baseline; padding: 18px 24px 8px }
h1 { font-size: 20px; margin: 0 } h2 { font-size: 15px; margin: 0 0 10px } h3 { font-size: 13px; margin: 12px 0 6px; color: var(--dim); font-weight: 600 }
time, .num { font-variant-numeric: tabular-nums; white-space: nowrap } .dim { color: var(--dim) }
main { display: flex; flex-wrap: wrap; gap: 14px; padding: 10px 24px 32px }
section { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 14px 16px; min-width: 0; flex: 1 1 285px }
.wide { flex-basis: 100% }
.zone { display: grid; grid-template-columns: 7.5em 1fr; gap: 6px; padding: 4px 0 } .zone > div { display: flex; flex-wrap: wrap; gap: 6px }
.zone > span { color: var(--dim) }
.chip { display: inline-block; border-radius: 5px; padding: 1px 8px; border: 1px solid var(--line); white-space: nowrap }
.good { color: var(--good); background: var(--goodbg); border-color: transparent }
.bad { color: var(--bad); background: var(--badbg); border-color: transparent }
.wait { color: var(--wait); background: var(--waitbg); border-color: transparent }
table { border-collapse: collapse; width: 100% } td, th { text-align: left; padding: 4px 12px 4px 0; vertical-align: top; border-top: 1px solid var(--line); overflow-wrap: break-word }
td:last-child, th:last-child { padding-right: 0 } th { color: var(--dim); font-weight: 500; border-top: 0 } code { font: 12.5px ui-monospace, monospace; overflow-wrap: anywhere }
.bar { height: 8px; margin-top: 7px; border-radius: 4px; background: var(--badbg); overflow: hidden; min-width: 60px } .bar i { display: block; height: 100%; background: var(--good) }
svg { display: block; width: 100% } svg rect { fill: var(--bg); stroke: var(--line) } svg text { fill: var(--text); font-size: 13px } svg .sub { fill: var(--dim); font-size: 12px }
svg path { fill: none; stroke-width: 2 } .to-good { stroke: var(--good) } .to-bad { stroke: var(--bad); stroke-dasharray: 5 4 } .to-none { stroke: var(--line) }
svg rect.good { fill: var(--goodbg); stroke: var(--good) } svg rect.bad { fill: var(--badbg); stroke: var(--bad) } svg rect.wait { fill: var(--waitbg); stroke: var(--wait) }
#lost { display: none; margin: 0 24px; padding: 8px 12px; border-radius: 6px }
@media (max-width: 640px) {
  header { padding: 14px 14px 4px } main { padding: 8px 14px 24px } .zone { grid-template-columns: 1fr; gap: 2px }
  tr:has(th) { display: none } tr { display: block; border-top: 1px solid var(--line); padding: 5px 0 } tr:first-child + tr { border-top: 0 }
  td { display: grid; grid-template-columns: 5.5em minmax(0, 1fr); gap: 8px; border: 0; padding: 1px 0 } td::before { content: attr(data-head); color: var(--dim) } }
</style>
</head>
<body>
<header><h1>Simulated world</h1><time id="now" class="dim">…</time><span id="clock" class="dim"></span></header>
<p id="lost" class="bad" role="alert">The simulator does not answer. What follows is the last that it said.</p>
<main id="main" aria-busy="true"></main>
<script>
const esc = (s) => String(s ?? '').replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c])
const chip = (tone, text, title) => '<span class="chip ' + tone + '"' + (title ? ' title="' + esc(title) + '"' : '') + '>' + esc(text) + '</span>'
const clock = (at) => new Date(at / 1000).toISOString().slice(11, 19)
const get = async (path) => { const r = await fetch(path); if (!r.ok) throw new Error(path + ' ' + r.status); return r.json() }
const table = (heads, rows, none) => rows.length ? '<table><tr>' + heads.map((h) => '<th scope="col">' + h + '</th>').join('') + '</tr>' + rows.map((r) => '<tr>' + r.map((c, i) => '<td data-head="' + heads[i] + '"><div>' + c + '</div></td>').join('') + '</tr>').join('') + '</table>' : '<p class="dim">' + none + '</p>'
const card = (title, body, wide) => '<section' + (wide ? ' class="wide"' : '') + '><h2>' + title + '</h2>' + body + '</section>'
const ofInstance = (i) => i.appUp ? ['good', 'serving'] : ['pending', 'stopping', 'shutting-down'].includes(i.state) || i.hostUp ? ['wait', i.state === 'running' ? 'booting' : i.state] : ['bad', i.state === 'running' ? 'no power' : i.state]
let names = {}
const short = (s) => s.replace(/arn:aws:[^|]*[:/]targetgroup\\/([^/|]+)\\/[^|]*/, '$1').replace(/arn:aws:[^|]*:/, '').replace(/i-[0-9a-f]{17}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (id) => names[id] || id)
const TARGET = { healthy: 'good', unhealthy: 'bad', unused: 'bad', initial: 'wait', draining: 'wait' }
function region(w, name) {
  const instances = w.instances.filter((i) => i.region === name && i.state !== 'terminated')
  const balancers = w.loadBalancers.filter((b) => b.region === name)
  const zones = [...new Set([...instances.map((i) => i.az), ...balancers.flatMap((b) => b.nodes.map((n) => n.az))])].sort()
  let body = zones.map((z) => '<div class="zone"><span>' + esc(z) + '</span><div>' + (w.zonesDown.includes(z) ? chip('bad', 'zone down') : '') + (instances.filter((i) => i.az === z).slice(0, 60).map((i) => { const [t, s] = ofInstance(i); return chip(t, i.name + ' · ' + s, i.id + ' ' + i.publicIp) }).join('') || '<span class="dim">no instances</span>') + '</div></div>').join('')
  for (const b of balancers) {
    const targets = w.targets.filter((t) => b.listeners.some((l) => l.targetGroupArn === t.targetGroupArn))
    const count = {}; for (const t of targets) count[t.state] = (count[t.state] || 0) + 1
    body += '<h3>Balancer ' + esc(b.name) + '</h3>' + (Object.entries(count).map(([s, n]) => chip(TARGET[s], n + ' ' + s)).join(' ') || chip('bad', 'no targets'))
    for (const l of b.listeners) { const c = w.certificates.find((x) => x.arn === l.certificateArn)
      if (c) body += ' ' + chip(c.expiresAt < w.at || c.chain !== 'full' ? 'bad' : c.expiresAt < w.at + 14 * 864e8 ? 'wait' : '', (c.chain === 'full' ? 'TLS' : 'TLS ' + c.chain) + (c.expiresAt < w.at ? ', expired ' : ' until ') + new Date(c.expiresAt / 1000).toISOString().slice(0, 10), c.names.join(' ')) }
  }
  return card(esc(name), body)
}
/** Names that belong together differ at their ends. */
const cut = (s, width) => s.length > width / 7.9 ? '…' + s.slice(-Math.max(3, Math.floor(width / 7.9) - 1)) : s
/** Users, the balancers that their names lead to, and the zones behind those; lines show where requests go and fare. */
function graph(w, share) {
  const full = Math.max(300, (document.getElementById('main').clientWidth || 800) - 34), narrow = full < 620
  const width = narrow ? full * 0.30 : Math.min(250, full * 0.26), gap = (full - 3 * width) / 2, high = 40, step = 54
  const serving = (i) => i.appUp, place = (az) => w.loadBalancers.findIndex((b) => az.startsWith(b.region)), zones = [...new Set([...w.instances.map((i) => i.az), ...w.loadBalancers.flatMap((b) => b.nodes.map((n) => n.az))])].sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1))
  const boxes = [[], [], []], lines = [], unknown = new Map()
  const put = (column, tone, title, sub) => boxes[column].push({ tone, title, sub, row: boxes[column].length }) - 1
  const balancers = w.loadBalancers.map((b) => { const t = w.targets.filter((x) => b.listeners.some((l) => l.targetGroupArn === x.targetGroupArn)), h = t.filter((x) => x.state === 'healthy').length
    return put(1, t.length === 0 ? 'wait' : h === t.length ? 'good' : h ? 'wait' : 'bad', b.name, h + '/' + t.length + ' healthy' + (narrow ? '' : ' · ' + b.region)) })
  const zoneRow = Object.fromEntries(zones.map((z) => { const all = w.instances.filter((i) => i.az === z && i.state !== 'terminated'), up = all.filter(serving).length
    return [z, put(2, w.zonesDown.includes(z) ? 'bad' : all.length === 0 ? '' : up === all.length ? 'good' : up ? 'wait' : 'bad', z, w.zonesDown.includes(z) ? 'down' : all.length ? up + '/' + all.length + ' serving' : 'no instances')] }))
  w.populations.forEach((p, i) => {
    const now = share(i), from = put(0, now === undefined ? '' : now >= 0.995 ? 'good' : now > 0.05 ? 'wait' : 'bad', p.name, p.requestsPerSecond + '/s' + (now === undefined ? '' : ' · ' + (now * 100).toFixed(1) + ' %'))
    const answer = w.answers.find((a) => a.vantage === p.vantage && a.service === p.service), at = answer?.addresses[0]
    let to = w.loadBalancers.findIndex((b) => b.nodes.some((n) => n.address === at))
    if (to >= 0) to = balancers[to]
    else { const key = at ?? answer?.status ?? 'unknown'; if (!unknown.has(key)) unknown.set(key, put(1, 'bad', at ?? 'no address', at ? 'not a balancer' : key)); to = unknown.get(key) }
    lines.push([0, from, to, now === undefined || now > 0.5 ? 'good' : 'bad']) })
  w.loadBalancers.forEach((b, i) => { for (const z of new Set([...b.nodes.map((n) => n.az), ...w.instances.filter((x) => x.region === b.region).map((x) => x.az)])) if (z in zoneRow) {
    const t = w.targets.filter((x) => x.az === z && b.listeners.some((l) => l.targetGroupArn === x.targetGroupArn)); lines.push([1, balancers[i], zoneRow[z], t.some((x) => x.state === 'healthy') ? 'good' : t.length ? 'bad' : 'none']) } })
  const rows = Math.max(...boxes.map((c) => c.length), 1), height = rows * step
  const y = (column, row) => (height - boxes[column].length * step) / 2 + row * step + (step - high) / 2, x = (column) => column * (width + gap)
  const drawn = lines.map(([column, a, b, tone]) => { const x1 = x(column) + width, x2 = x(column + 1), y1 = y(column, a) + high / 2, y2 = y(column + 1, b) + high / 2, m = (x1 + x2) / 2; return '<path class="to-' + tone + '" d="M' + x1 + ' ' + y1 + ' C' + m + ' ' + y1 + ' ' + m + ' ' + y2 + ' ' + x2 + ' ' + y2 + '"/>' }).join('') +
    boxes.map((c, column) => c.map((o) => '<g transform="translate(' + x(column) + ' ' + y(column, o.row) + ')"><title>' + esc(o.title + ', ' + o.sub) + '</title><rect class="' + o.tone + '" width="' + width + '" height="' + high + '" rx="6"/><text x="8" y="17">' + esc(cut(o.title, width - 10)) + '</text><text class="sub" x="8" y="33">' + esc(o.sub) + '</text></g>').join('')).join('')
  return '<svg role="img" aria-label="Users, balancers and zones, and where requests go" viewBox="0 0 ' + full + ' ' + height + '" style="height:' + height + 'px">' + drawn + '</svg>'
}
/** Only what has changed is drawn anew, so that a selection or a position within the rest stays. */
const shown = []
function show(cards) {
  const main = document.getElementById('main')
  while (main.children.length > cards.length) main.lastElementChild.remove()
  cards.forEach((text, i) => { if (shown[i] === text && main.children[i]) return; shown[i] = text; const box = document.createElement('template'); box.innerHTML = text; if (main.children[i]) main.replaceChild(box.content.firstElementChild, main.children[i]); else main.append(box.content.firstElementChild) })
}
async function draw() {
  const [w, c] = await Promise.all([get('world'), get('clock')])
  const [log, users] = await Promise.all([get('transitions?from=' + (w.at - 900e6)), Promise.all(w.populations.map((p) => get('truth/population?population=' + encodeURIComponent(p.name) + '&from=' + (w.at - 2e6))))])
  const share = (i) => users[i]?.intervals.at(-1)?.share
  document.getElementById('now').textContent = new Date(w.at / 1000).toISOString().slice(0, 19).replace('T', ' ') + ' world time'
  document.getElementById('clock').textContent = c.mode === 'scaled' || c.mode === 'real' ? c.rate + '× real time' : c.mode + ' clock'
  const regions = [...new Set(w.instances.concat(w.loadBalancers).map((x) => x.region))]
  names = Object.fromEntries([...w.instances.map((i) => [i.id, i.name]), ...w.healthChecks.map((h) => [h.id, h.tags.Name || h.id])])
  const routing = (r) => r.routing.policy === 'failover' ? r.routing.role.toLowerCase() : r.routing.policy === 'weighted' ? 'weight ' + r.routing.weight : r.routing.policy
  const changes = log.filter((t) => !(t.cause === 'planted' || (t.from === 'absent' && t.cause === 'published'))).slice(innerWidth > 640 ? -40 : -12).reverse()
  show([
    card('Where users go', graph(w, share), true),
    ...regions.map((n) => region(w, n)),
    card('Health checks and alarms', table(['Name', 'State', 'Since'], [...w.healthChecks.map((h) => [esc(h.tags.Name || h.id), chip(h.healthy ? 'good' : 'bad', h.healthy ? 'healthy' : 'unhealthy'), '<time>' + clock(h.changedAt) + '</time>']), ...w.alarms.map((a) => [esc(a.name) + ' <span class="dim">' + esc(a.region) + '</span>', chip(a.state === 'OK' ? 'good' : a.state === 'ALARM' ? 'bad' : 'wait', a.state.replace('INSUFFICIENT_DATA', 'no data')), '<time>' + clock(a.stateTransitionedAt) + '</time>'])], 'None.')),
    ...(w.stores.length ? [card('Stores', table(['Store', 'Writer', 'Copies'], w.stores.map((s) => [esc(s.name), esc(s.writer) + (s.writerLostAt ? ' ' + chip('bad', 'gone') : ''), w.replicas.filter((r) => r.store === s.name).map((r) => esc(r.region) + ' ' + (r.isPaused ? chip('bad', 'paused') : chip('good', r.lagSeconds ? 'following' : 'by backups'))).join('<br>')]), ''))] : []),
    card('Records', table(['Name', 'Type', 'TTL', 'Routing', 'Answer'], w.recordSets.filter((r) => !['SOA', 'NS'].includes(r.type)).map((r) => ['<code>' + esc(r.name) + '</code>', esc(r.type), r.ttl ?? 'alias', esc(routing(r)), '<code>' + esc(r.alias ? r.alias.dnsName : r.values.join(' ')) + '</code>']), 'No records.'), true),
    card('What changed in the last quarter of an hour', table(['At', 'What', 'Change', 'Why'], changes.map((t) => ['<time>' + clock(t.at) + '</time>', '<code>' + esc(short(t.subject)) + '</code>', esc(t.from.slice(0, 80)) + ' → ' + esc(t.to.slice(0, 80)), esc(t.cause)]), 'Nothing.'), true),
  ])
  document.getElementById('main').removeAttribute('aria-busy')
}
async function loop() {
  try { await draw(); document.getElementById('lost').style.display = 'none' } catch { document.getElementById('lost').style.display = 'block' }
  setTimeout(loop, 1000)
}
loop()
</script>
</body>
</html>
`
