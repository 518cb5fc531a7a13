import { dataLoss, platformInstant, type CompiledMarker, type EnvironmentClock } from '@firedrill/core'
import { joinLockstep, type LockstepClock } from '@firedrill/runtime'
import { startSimulator } from '@firedrill/sim'
import { afterEach, describe, expect, it } from 'vitest'
import { worldTime, type WorldTime } from '../schedule/world-time.ts'
import { FROM_THE_START, MARKED_RUN, markerLab } from '../testing/marker-lab.ts'
import { httpMarkerPath } from './http-marker-path.ts'

const BASE = `http://checkout.larkspur.example/markers/{{run}}`
const request = { headers: {}, status: [200, 201] }
const marker: Extract<CompiledMarker, { kind: 'http' }> = {
  kind: 'http',
  name: 'orders',
  order: 'ordered',
  periodMs: 1000,
  timeoutMs: 3000,
  writesMax: 1000,
  write: { ...request, method: 'PUT', url: `${BASE}/{{sequence}}` },
  read: { ...request, method: 'GET', url: BASE, path: 'present', holds: 'ranges' },
  cleanUp: { ...request, method: 'DELETE', url: BASE },
}

type Witnessed = Readonly<{
  writer: string
  writes: readonly Readonly<{ key: string; at: number; isLost: boolean }>[]
  strandings: readonly Readonly<{ after: number }>[]
}>

const running: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of running.splice(0).toReversed()) await stop()
})

/** A world in lockstep: however slow the machine, an answer comes when it comes in the world's own time. */
async function arrange(world: string, seed: number) {
  const simulator = await startSimulator({ world, seed, rate: 'lockstep' })
  running.push(() => simulator.close())
  const { control, gateway, dns } = simulator.endpoints
  const clock = await joinLockstep({ control, name: 'writer' })
  running.push(() => clock.leave())
  const standing: EnvironmentClock = {
    anchorPlatform: platformInstant(0),
    anchorWorld: clock.worldNow(),
    rate: 0,
  }
  const time: WorldTime = worldTime({ monotonicMs: 0, platform: platformInstant(0) }, standing)
  const vantage = { name: 'us', resolver: dns.recursive.at(-1)?.address }
  const lab = await markerLab(marker, time, clock, { pollMs: 500, limitMs: 600_000 })
  const post = (body: unknown) => fetch(`${control}/event`, { method: 'POST', body: JSON.stringify(body) })
  const witness = async () =>
    (await (await fetch(`${control}/truth/writes?store=orders`)).json()) as Witnessed
  const lostAt = async (region: string) => {
    const known = (await (await fetch(`${control}/transitions?from=0`)).json()) as readonly Readonly<{
      at: number
      subject: string
      to: string
    }>[]
    return known.find(({ subject, to }) => subject.includes(region) && to === 'down')?.at ?? Number.NaN
  }
  const path = () =>
    httpMarkerPath(marker, { runId: MARKED_RUN, vantage, proxy: gateway, timeoutMs: time.realMs(2000) })
  return { clock, lab, post, witness, lostAt, path }
}

/** Real sockets, real DNS, a Region that goes down with writes that only it has, and a witness that knows which. */
describe('markers through the simulated application', () => {
  it.each([
    { seed: 1, behindS: 0 },
    { seed: 2, behindS: 12 },
  ])(
    'tells what a lost Region took with it, write by write (seed $seed, $behindS s behind)',
    async ({ seed, behindS }) => {
      const { clock, ...world } = await arrange('active-active', seed)
      await clock.work(() => loseRegion(clock, world, behindS))
    },
  )
})

async function loseRegion(
  clock: LockstepClock,
  { lab, post, witness, lostAt, path }: Omit<Awaited<ReturnType<typeof arrange>>, 'clock'>,
  behindS: number,
): Promise<void> {
  const writer = lab.start(path())
  await lab.until(({ writes }) => writes.length >= 10)
  if (behindS > 0) await post({ kind: 'replication-pause', store: 'orders', region: 'eu-central-1' })
  await clock.sleep(behindS * 1000)
  await post({ kind: 'region-down', region: 'eu-west-1' })
  await lab.until(({ readings }) => readings.length > 0)
  const known = await witness()
  const lost = known.writes.filter(({ isLost }) => isLost)
  const loss = dataLoss(await lab.observations(), FROM_THE_START)
  if ('unknown' in loss) throw new Error(loss.unknown)
  const { acknowledged } = loss
  // The witness also lists writes whose acknowledgement nobody heard.
  const heard = new Set(
    (await lab.record()).writes.flatMap((one) => (one.outcome === 'acknowledged' ? [one.seq] : [])),
  )
  const numbers = lost.map(({ key }) => Number(key.split('/')[1])).filter((number) => heard.has(number))
  expect(loss.missing).toEqual(numbers)
  expect(acknowledged).toBeGreaterThan(0)
  const [first] = lost
  const truth = first === undefined ? 0 : (await lostAt('eu-west-1')) - first.at
  expect(loss.observed.lo).toBeLessThanOrEqual(truth)
  expect(loss.observed.hi).toBeGreaterThanOrEqual(truth)

  // The Region comes back and hands in what it alone had: late, and nothing is left afterwards.
  await post({ kind: 'region-up', region: 'eu-west-1' })
  await writer.finish()
  const end = dataLoss(await lab.observations(), FROM_THE_START)
  expect(end).toMatchObject({ missing: numbers, late: numbers.length, lost: 0 })
  expect((await lab.record()).cleanUp).toEqual({ state: 'removed', note: 'read back: none is left' })
  expect(await path().read(1e6, AbortSignal.timeout(1000))).toEqual({ ok: true, value: [] })
}
