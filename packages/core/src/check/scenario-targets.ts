import type { Endpoint } from '../ports/network-check.ts'
import { injectSteps, type CompiledProbe, type CompiledScenario } from '../scenario/scenario.ts'
import type { Removal } from './lifetimes.ts'

/** One name that a scenario depends on: what its probes ask there, and the tightest recovery objective that reads them. */
export type WatchedName = Readonly<{
  host: string
  /** Endpoints of its HTTP and TCP probes, each once. */
  targets: readonly Endpoint[]
  /** Milliseconds; absent when no recovery is measured there. */
  objectiveMs: number | undefined
  removal: Removal | undefined
}>

/** The names that a scenario's probes ask, each once, in file order. */
export function watchedNames(scenario: CompiledScenario): readonly WatchedName[] {
  const hosts = [...new Set(scenario.probes.map((probe) => hostOf(probe)))]
  return hosts.map((host) => {
    const probes = scenario.probes.filter((probe) => hostOf(probe) === host)
    const targets = new Map(
      probes.flatMap((probe) => targetOf(probe)).map((one) => [JSON.stringify(one), one]),
    )
    return {
      host,
      targets: [...targets.values()],
      objectiveMs: objectiveOf(scenario, probes),
      removal: removalOf(scenario, host),
    }
  })
}

function hostOf(probe: CompiledProbe): string {
  const host = probe.kind === 'http' ? new URL(probe.url).hostname : probe.host
  return host.toLowerCase().replace(/\.$/, '')
}

function targetOf(probe: CompiledProbe): readonly Endpoint[] {
  switch (probe.kind) {
    case 'http': {
      const url = new URL(probe.url)
      const scheme = url.protocol === 'https:' ? 'https' : 'http'
      const port = url.port === '' ? (scheme === 'https' ? 443 : 80) : Number(url.port)
      return [{ host: hostOf(probe), port, scheme, path: `${url.pathname}${url.search}` }]
    }
    case 'tcp':
      return [{ host: hostOf(probe), port: probe.port, scheme: 'auto', path: '/' }]
    case 'tls':
      return [{ host: hostOf(probe), port: probe.port, scheme: 'https', path: '/' }]
    case 'dns':
    case 'ping':
      return []
  }
}

/** The tightest objective of these probes; one that a metric measures counts for every name. */
function objectiveOf(scenario: CompiledScenario, probes: readonly CompiledProbe[]): number | undefined {
  const limits = scenario.objectives.flatMap((objective) =>
    objective.kind === 'recovery-time' && isAbout(objective.source, probes) ? [objective.maxMs] : [],
  )
  return limits.length === 0 ? undefined : Math.min(...limits)
}

function isAbout(
  source: Extract<CompiledScenario['objectives'][number], { kind: 'recovery-time' }>['source'],
  probes: readonly CompiledProbe[],
): boolean {
  return source.from !== 'probe' || probes.some(({ name }) => name === source.probe)
}

function removalOf(scenario: CompiledScenario, host: string): Removal | undefined {
  const gone = injectSteps(scenario).filter(
    ({ targets }) => targets.record?.toLowerCase().replace(/\.$/, '') === host,
  )
  return gone.length === 0
    ? undefined
    : {
        goneMs: Math.max(...gone.map(({ durationMs }) => durationMs)),
        isResponse: scenario.response === 'restore',
      }
}
