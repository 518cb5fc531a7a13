import { formatDurationMs } from '@firedrill/core'
import type { View } from '../yaml/view.ts'
import { DEFAULTS } from './defaults.ts'
import { isActing, namedSteps } from './step-names.ts'

/** Probes that can work, objectives that have exactly one source, and the rules of each response. */
export function checkJudging(spec: View): void {
  for (const probe of spec.at('probes').items()) checkProbe(probe)
  for (const objective of spec.at('objectives').items()) checkObjective(objective)
  checkResponse(spec)
}

function checkProbe(probe: View): void {
  const period = probe.at('period').ms()
  const timeout = probe.at('timeout').ms() ?? DEFAULTS.timeoutMs
  if (period !== undefined && period < 100) probe.at('period').problem('a probe runs every 100ms at most')
  if (timeout < 50) probe.at('timeout').problem('a timeout is at least 50ms')
  const latency = probe.at('latencyMax').ms()
  if (latency !== undefined && latency > timeout) {
    probe.at('latencyMax').problem(`no answer can be slower than the timeout of ${formatDurationMs(timeout)}`)
  }
  const url = probe.at('url').text()
  if (url !== undefined && !isHttpUrl(url))
    probe
      .at('url')
      .problem('not an http or https URL', 'For example: url: http://checkout.larkspur.example/health')
  const host = probe.at('host').text()
  if (host?.endsWith('.') === true)
    probe.at('host').problem('a host is written without trailing dot', `Write ${host.slice(0, -1)}`)
  if (probe.at('match').text() === 'exact' && !probe.at('answers').exists())
    probe.at('match').problem('exact answers have to be named', 'For example: answers: [198.51.100.10]')
  for (const server of probe.at('servers').items()) checkServer(server)
}

function checkServer(server: View): void {
  const text = server.text()
  if (text === undefined) return
  const found = /^(?:\[[0-9a-fA-F:.]+\]|[^:\s/]+)(?::(\d{1,5}))?$/.exec(text)
  const port = Number(found?.[1] ?? 53)
  if (found === null || port < 1 || port > 65_535)
    server.problem('not a server as host or host:port', 'For example: servers: [127.0.0.1:5353]')
}

function isHttpUrl(url: string): boolean {
  return /^https?:\/\/[^\s/]+/.test(url) && URL.canParse(url)
}

/** Period lengths that CloudWatch knows below a minute; above it, whole minutes. */
const SHORT_PERIODS = [1, 5, 10, 20, 30]

function checkObjective(objective: View): void {
  const max = objective.at('max').ms()
  if (max === 0) objective.at('max').problem('an objective of zero can never be held')
  if (objective.at('kind').text() !== 'recovery-time') return
  const sources = ['probe', 'metric', 'series'].filter((source) => objective.at(source).exists())
  if (sources.length !== 1) {
    const isNone = sources.length === 0
    objective.problem(
      isNone
        ? 'a recovery time needs a source: probe, metric or series'
        : `a recovery time has one source, not ${sources.join(' and ')}`,
      isNone ? 'For example: probe: checkout' : 'Make them objectives of their own.',
    )
  }
  const step = objective.at('series', 'period').ms()
  if (step !== undefined && (step === 0 || step % 1000 !== 0))
    objective.at('series', 'period').problem('a series has periods of whole seconds')
  const period = objective.at('metric', 'period').ms()
  if (
    period !== undefined &&
    !SHORT_PERIODS.includes(period / 1000) &&
    (period === 0 || period % 60_000 !== 0)
  ) {
    objective
      .at('metric', 'period')
      .problem('CloudWatch has periods of 1s, 5s, 10s, 20s, 30s and whole minutes')
  }
}

function checkResponse(spec: View): void {
  const response = spec.at('response').text()
  const runbook = spec.at('runbook')
  if (response === 'runbook' && !runbook.exists())
    spec
      .at('response')
      .problem('response runbook needs the runbook to follow', 'For example: runbook: evacuate-checkout')
  if (response !== undefined && response !== 'runbook' && runbook.exists())
    runbook.problem(`a runbook goes with response: runbook, not with ${response}`)
  checkEvacuation(spec, response)
  if (spec.at('steps').items().length > 0 && !namedSteps(spec).some(({ view }) => isActing(view)))
    spec.at('steps').problem('no step injects anything', 'For example: - inject: ec2-stop-instances')
}

/** The platform acts in an evacuation and nowhere else, and nothing is broken once it has begun. */
function checkEvacuation(spec: View, response: string | undefined): void {
  const steps = namedSteps(spec)
  const acts = steps.filter(({ view }) => view.at('act').exists())
  if (response === 'evacuation' && acts.length === 0)
    spec
      .at('steps')
      .problem('response evacuation needs a step that does it', 'For example: - act: route53-shift-traffic')
  if (response !== 'evacuation')
    for (const { view } of acts)
      view.at('act').problem(`act goes with response: evacuation, not with ${response ?? 'none'}`)
  const acted = new Set(acts.map(({ name }) => name))
  for (const { view, name, after } of steps) {
    if (!after.some((before) => acted.has(before)) || acted.has(name)) continue
    acted.add(name)
    if (view.at('inject').exists())
      view.problem(
        'a fault goes in before the evacuation begins',
        'Put it above the first act, or give it after: [].',
      )
  }
}
