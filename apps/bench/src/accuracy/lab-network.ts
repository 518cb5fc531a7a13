import type {
  CompiledMarker,
  MarkerAnswer,
  MarkerPath,
  MarkerRanges,
  MarkerWriteAnswer,
} from '@firedrill/core'
import type { Attempt, MakeAttempt } from '@firedrill/probes'
import type { OpenWorld } from '@firedrill/sim'
import type { Chance } from './chance.ts'
import type { LabProcess } from './lab-time.ts'

/** The way from one vantage into the world, as long as it takes. */
export type LabNetwork = Readonly<{
  world: OpenWorld
  process: LabProcess
  vantage: string
  chance: Chance
  /** Usual time there and back, microseconds. */
  roundTripMicros: number
}>

type Failure = Extract<Attempt, { end: 'bad' }>
type Reply = Readonly<{ status: number; instanceId: string | null; addresses: readonly string[] }>

const PORT = 80

/** A probe's attempt that goes through the world without sockets, each step at its own instant. */
export function labAttempt(network: LabNetwork): MakeAttempt {
  return async (probe, _vantage, { signal }) => {
    if (probe.kind !== 'http') return { end: 'unusable', detail: 'the lab has no such network' }
    const reply = await exchange(network, new URL(probe.url).hostname, signal)
    if ('end' in reply) return reply
    return probe.status.includes(reply.status)
      ? { end: 'good', answers: [...reply.addresses].sort().join(',') }
      : proven(`status ${reply.status}${isOwn(reply) ? '' : ' by awselb'}`)
  }
}

/** A server that sheds load says so itself; every other failure is told by the balancer. */
function isOwn({ status, instanceId }: Reply): boolean {
  return status === 503 && instanceId !== null
}

/** The application's own write path, through the same network. */
export function labMarkerPath(network: LabNetwork, marker: CompiledMarker, host: string): MarkerPath {
  const ask = async (method: string, path: string, signal: AbortSignal) => {
    const reply = await exchange(network, host, signal)
    if ('end' in reply) return reply
    if (reply.status !== 200 || reply.instanceId === null) return proven(`status ${reply.status}`)
    const answer = network.world.application(reply.instanceId, { method, path, host })
    await way(network, signal, 0.5)
    if (signal.aborted) return unproven('timeout http')
    return answer ?? proven('status 404')
  }
  const path = `/markers/${marker.name}`
  const read = async (signal: AbortSignal): Promise<MarkerAnswer<MarkerRanges>> => {
    const answer = await ask('GET', path, signal)
    if ('end' in answer) return { ok: false, detail: answer.detail }
    const { present } = answer.body
    return answer.status === 200 && isRanges(present)
      ? { ok: true, value: present }
      : { ok: false, detail: `status ${answer.status}` }
  }
  return {
    prepare: () => Promise.resolve({ ok: true, value: null }),
    write: async (seq, signal): Promise<MarkerWriteAnswer> => {
      const answer = await ask('PUT', `${path}/${seq}`, signal)
      if ('end' in answer) return { end: 'failed', detail: answer.detail, isProven: answer.isProven }
      return answer.status === 201
        ? { end: 'acknowledged' }
        : { end: 'failed', detail: `status ${answer.status}`, isProven: true }
    },
    read: async (upTo, signal) => {
      const answer = await read(signal)
      if (!answer.ok) return answer
      return {
        ok: true,
        value: answer.value.flatMap(([from, to]) =>
          from > upTo ? [] : [[from, Math.min(to, upTo)] as const],
        ),
      }
    },
    cleanUp: () => Promise.resolve({ state: 'kept', note: 'the world ends with its drill' }),
    close: () => Promise.resolve(),
  }
}

/** One request over a connection and a name resolution of its own. */
async function exchange(network: LabNetwork, host: string, signal: AbortSignal): Promise<Reply | Failure> {
  const { world, process, vantage } = network
  await way(network, signal, 0.5)
  if (signal.aborted) return unproven('timeout dns')
  const { status, addresses } = world.resolve(vantage, host)
  const [address] = addresses
  if (address === undefined) return proven(status === 'answer' ? 'nodata' : status)
  await way(network, signal, 0.5)
  if (signal.aborted) return unproven('timeout connect')
  const connected = world.request(address, PORT)
  if (connected.kind === 'black-hole') return silence('connect', signal)
  if (connected.kind === 'refused') return proven('refused')
  await way(network, signal, 1)
  if (signal.aborted) return unproven('timeout http')
  const served = world.request(address, PORT)
  if (served.kind === 'black-hole') return silence('http', signal)
  if (served.kind === 'refused') return unproven('reset')
  await process.arrival(served.after, signal)
  await way(network, signal, 0.5)
  if (signal.aborted) return unproven('timeout http')
  return { status: served.status, instanceId: served.instanceId, addresses }
}

/** Part of a round trip; now and then a slow one. */
async function way({ process, chance, roundTripMicros }: LabNetwork, signal: AbortSignal, share: number) {
  const factor = chance.is(0.01) ? chance.between(1, 10) : chance.between(0.7, 1.3)
  await process.arrival(roundTripMicros * share * factor, signal)
}

async function silence(phase: string, signal: AbortSignal): Promise<Failure> {
  if (!signal.aborted)
    await new Promise((resolve) => {
      signal.addEventListener('abort', resolve, { once: true })
    })
  return unproven(`timeout ${phase}`)
}

function proven(detail: string): Failure {
  return { end: 'bad', detail, isProven: true }
}

function unproven(detail: string): Failure {
  return { end: 'bad', detail, isProven: false }
}

function isRanges(value: unknown): value is MarkerRanges {
  return Array.isArray(value)
}
