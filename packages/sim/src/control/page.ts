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
main { display: grid; grid-auto-flow: dense; align-items: start; gap: 14px; padding: 10px 24px 32px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 400px), 1fr)) }
section { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 14px 16px; min-width: 0 }
.wide { grid-column: 1 / -1 }
.zone { display: grid; grid-template-columns: 8em 1fr; gap: 6px; padding: 4px 0 } .zone > div { display: flex; flex-wrap: wrap; gap: 6px }
.zone > span { color: var(--dim) }
.chip { border-radius: 5px; padding: 1px 8px; border: 1px solid var(--line); white-space: nowrap }
.good { color: var(--good); background: var(--goodbg); border-color: transparent }
.bad { color: var(--bad); background: var(--badbg); border-color: transparent }
.wait { color: var(--wait); background: var(--waitbg); border-color: transparent }
table { border-collapse: collapse; width: 100% } td, th { text-align: left; padding: 4px 12px 4px 0; vertical-align: top; border-top: 1px solid var(--line); overflow-wrap: anywhere }
th { color: var(--dim); font-weight: 500; border-top: 0 } .scroll { overflow-x: auto } code { font: 12.5px ui-monospace, monospace }
.bar { height: 8px; margin-top: 7px; border-radius: 4px; background: var(--badbg); overflow: hidden; min-width: 90px } .bar i { display: block; height: 100%; background: var(--good) }
#lost { display: none; margin: 0 24px; padding: 8px 12px; border-radius: 6px }
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
const table = (heads, rows, none) => rows.length ? '<div class="scroll"><table><tr>' + heads.map((h) => '<th scope="col">' + h + '</th>').join('') + '</tr>' + rows.map((r) => '<tr>' + r.map((c) => '<td>' + c + '</td>').join('') + '</tr>').join('') + '</table></div>' : '<p class="dim">' + none + '</p>'
const card = (title, body, wide) => '<section' + (wide ? ' class="wide"' : '') + '><h2>' + title + '</h2>' + body + '</section>'
const ofInstance = (i) => i.appUp ? ['good', 'serving'] : ['pending', 'stopping', 'shutting-down'].includes(i.state) || i.hostUp ? ['wait', i.state === 'running' ? 'booting' : i.state] : ['bad', i.state === 'running' ? 'no power' : i.state]
const short = (s) => s.replace(/arn:aws:[^|]*[:/]targetgroup\\/([^/|]+)\\/[^|]*/, '$1').replace(/arn:aws:[^|]*:/, '')
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
  }
  return card(esc(name), body)
}
async function draw() {
  const [w, c] = await Promise.all([get('world'), get('clock')])
  const [log, users] = await Promise.all([get('transitions?from=' + (w.at - 900e6)), Promise.all(w.populations.map((p) => get('truth/population?population=' + encodeURIComponent(p.name) + '&from=' + (w.at - 2e6))))])
  const share = (i) => users[i]?.intervals.at(-1)?.share
  document.getElementById('now').textContent = new Date(w.at / 1000).toISOString().slice(0, 19).replace('T', ' ') + ' world time'
  document.getElementById('clock').textContent = c.mode === 'scaled' || c.mode === 'real' ? c.rate + '× real time' : c.mode + ' clock'
  const names = [...new Set(w.instances.concat(w.loadBalancers).map((x) => x.region))]
  const soon = w.populations.map((p, i) => [esc(p.name), esc(p.vantage), '<span class="num">' + p.requestsPerSecond + '/s</span>', share(i) === undefined ? '<span class="dim">unknown</span>' : '<div class="bar" role="img" aria-label="' + Math.round(share(i) * 100) + ' % succeed"><i style="width:' + share(i) * 100 + '%"></i></div>', share(i) === undefined ? '' : '<span class="num">' + (share(i) * 100).toFixed(1) + ' %</span>'])
  const routing = (r) => r.routing.policy === 'failover' ? r.routing.role.toLowerCase() : r.routing.policy === 'weighted' ? 'weight ' + r.routing.weight : r.routing.policy
  document.getElementById('main').innerHTML =
    card('Users: requests that succeed', table(['Population', 'Vantage', 'Load', 'Now', ''], soon, 'No populations.')) +
    names.map((n) => region(w, n)).join('') +
    card('Health checks and alarms', table(['Name', 'State', 'Since'], [...w.healthChecks.map((h) => [esc(h.tags.Name || h.id), chip(h.healthy ? 'good' : 'bad', h.healthy ? 'healthy' : 'unhealthy'), '<time>' + clock(h.changedAt) + '</time>']), ...w.alarms.map((a) => [esc(a.name) + ' <span class="dim">' + esc(a.region) + '</span>', chip(a.state === 'OK' ? 'good' : a.state === 'ALARM' ? 'bad' : 'wait', a.state), '<time>' + clock(a.stateTransitionedAt) + '</time>'])], 'None.')) +
    (w.stores.length ? card('Stores', table(['Store', 'Takes writes in', 'Copies'], w.stores.map((s) => [esc(s.name), esc(s.writer) + (s.writerLostAt ? ' ' + chip('bad', 'gone') : ''), w.replicas.filter((r) => r.store === s.name).map((r) => esc(r.region) + ' ' + (r.isPaused ? chip('bad', 'paused') : chip('good', 'following'))).join('<br>')]), '')) : '') +
    card('Records', table(['Name', 'Type', 'TTL', 'Routing', 'Answer'], w.recordSets.filter((r) => !['SOA', 'NS'].includes(r.type)).map((r) => ['<code>' + esc(r.name) + '</code>', esc(r.type), r.ttl ?? 'alias', esc(routing(r)), '<code>' + esc(r.alias ? r.alias.dnsName : r.values.join(' ')) + '</code>']), 'No records.'), true) +
    card('What changed in the last quarter of an hour', table(['At', 'What', 'From', 'To', 'Why'], log.slice(-40).reverse().map((t) => ['<time>' + clock(t.at) + '</time>', '<code>' + esc(short(t.subject)) + '</code>', esc(t.from.slice(0, 80)), esc(t.to.slice(0, 80)), esc(t.cause)]), 'Nothing.'), true)
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
