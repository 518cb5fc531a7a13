import { plusMs, worldInstant, type CompiledProbe, type Sample } from '@firedrill/core'
import type { TruthInterval, World } from '@firedrill/sim'

const ANSWERED_MS = 20

/**
 * What probes would have told of a world, once a period from each vantage, in [from, to): the witness's own stretches,
 * sampled. Stands in for the prober where only the drill is in question. @throws Error for a probe of a kind or a name that the witness does not know.
 */
export function sampleTruth(
  world: World,
  probes: readonly CompiledProbe[],
  vantages: readonly string[],
  { from, to }: Readonly<{ from: number; to: number }>,
): readonly Sample[] {
  return probes.flatMap((probe) => {
    const { name, periodMs, timeoutMs } = probe
    const firstAt = Math.ceil(from / (periodMs * 1000)) * periodMs * 1000
    return vantages.flatMap((vantage) => {
      const stretches = truthOf(world, probe, vantage, from, to)
      const answered = addressesAt(world, hostOf(probe), vantage)
      const says = bodyOf(world, answered)
      const isWanted = probe.kind !== 'http' || says.includes(probe.bodyIncludes ?? '')
      const samples: Sample[] = []
      let at = 0
      for (let start = firstAt; start < to; start += periodMs * 1000) {
        while ((stretches[at]?.to ?? Infinity) <= start) at += 1
        const isUp = stretches[at]?.state === 'up' && isWanted
        samples.push({
          probe: name,
          vantage,
          start: worldInstant(start),
          end: plusMs(worldInstant(start), isUp ? ANSWERED_MS : timeoutMs),
          outcome: isUp ? 'good' : 'bad',
          ...(isUp ? { detail: answered } : {}),
        })
      }
      return samples
    })
  })
}

function hostOf(probe: CompiledProbe): string {
  return probe.kind === 'http' ? new URL(probe.url).hostname : 'host' in probe ? probe.host : ''
}

/** Whom a good probe of this moment reached, as probers write it down: a good answer of some may be luck. */
function addressesAt(world: World, host: string, name: string): string {
  const vantage = world.resolvers.vantages.get(name)
  if (vantage === undefined) throw new Error(`the world has no vantage ${name}`)
  const { nameServer, region } = vantage
  const owner = { id: `vantage/${name}`, nameServer, region, stretch: 1, startsWarm: true }
  return world.resolvers.peekAddresses(owner, `${host}.`).addresses.toSorted().join(',')
}

/** What of the page of the application depends on where it is served: the Region whose balancer has these addresses. */
function bodyOf({ balancers }: World, addresses: string): string {
  const at = [...balancers.loadBalancers.values()].find(({ nodes }) =>
    nodes.some(({ address }) => addresses.split(',').includes(address)),
  )
  return JSON.stringify({ status: 'ok', region: at?.region ?? '' })
}

function truthOf(
  world: World,
  probe: CompiledProbe,
  vantage: string,
  from: number,
  to: number,
): readonly TruthInterval[] {
  const host = hostOf(probe)
  const claim = probe.kind === 'dns' ? 'dns' : 'http'
  const found = world.truth.intervals({ vantage, service: `${host}.`, from, to, claim })
  if (found === null) throw new Error(`the witness knows no ${host} as seen from ${vantage}`)
  return found
}
