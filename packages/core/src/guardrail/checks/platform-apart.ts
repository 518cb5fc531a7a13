import type { GuardrailFacts } from '../facts.ts'
import { allow, refuse, type Guardrail } from '../guardrail.ts'

/** The platform and its way back are outside the blast radius: what it watches by, and what it needs to undo. */
export const platformApart: Guardrail = {
  code: 'platform-apart',
  ask(facts) {
    const problems = [...sharedRegions(facts), ...neededNames(facts)]
    return problems.length > 0 ? refuse(problems.join('; ')) : allow('nothing the platform needs is hit')
  },
}

/** A fault that takes a whole Region would take with it what the platform publishes there and is watched by. */
function sharedRegions({ environment, steps }: GuardrailFacts): readonly string[] {
  const { regions, homeRegion } = environment
  const home = regions[homeRegion]
  return steps.flatMap(({ step, reach }) =>
    reach === 'region' && (home === undefined || regions[step.targets.region] === home)
      ? [
          `step ${step.name} hits the whole Region ${step.targets.region}, which is the platform's home Region`,
        ]
      : [],
  )
}

/** A record that is removed must not be one by which the platform finds its database, its queue, or the cloud. */
function neededNames({ environment, installation, steps }: GuardrailFacts): readonly string[] {
  const { aws, clock, probes } = environment
  const urls = [
    ...(aws.endpoint === 'aws' ? [] : [aws.endpoint]),
    ...(clock.source === 'simulator' ? [clock.url] : []),
    ...(probes.proxy === undefined ? [] : [probes.proxy]),
  ]
  const hosts = [...installation.hosts, ...urls.map(hostOf)].map(plainName)
  return steps.flatMap(({ step }) => {
    const { record: named, zone = '' } = step.targets
    const record =
      named === '*' ? `every name of ${zone}` : named === undefined ? undefined : plainName(named)
    const domain = named === '*' ? plainName(environment.hostedZones[zone]?.domain ?? '') : undefined
    const hit = hosts.filter((host) =>
      domain === undefined
        ? record !== undefined && answersFor(record, host)
        : host === domain || host.endsWith(`.${domain}`),
    )
    return hit.length > 0
      ? [
          `step ${step.name} changes ${record ?? ''}, by which the platform reaches ${[...new Set(hit)].join(', ')}`,
        ]
      : []
  })
}

function hostOf(url: string): string {
  return /^[a-z+]+:\/\/(?:[^@/]*@)?(\[[^\]]*\]|[^:/?#]*)/i.exec(url)?.[1] ?? ''
}

function plainName(name: string): string {
  return name
    .toLowerCase()
    .replace(/\.$/, '')
    .replace(/^\\052/, '*')
}

function answersFor(record: string, host: string): boolean {
  return record.startsWith('*.') ? host.endsWith(record.slice(1)) : host === record
}
