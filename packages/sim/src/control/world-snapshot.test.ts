import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { startSimulator, type Simulator, type SimulatorOptions } from '../server.ts'
import { SECOND } from '../world/model.ts'

const START = 1_800_000_000 * SECOND

const running: Simulator[] = []
const directories: string[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.close()))
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true })
})

const begin = async (options: SimulatorOptions = {}): Promise<Simulator> => {
  const simulator = await startSimulator({ rate: 'manual', startAt: START, ...options })
  running.push(simulator)
  return simulator
}

const place = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'firedrill-snapshot-'))
  directories.push(directory)
  return join(directory, 'world.json')
}

const stopPrimary = ({ world }: Simulator): void => {
  world.compute.stop(
    world.compute.inRegion('eu-west-1').map(({ id }) => id),
    'test',
  )
}

const snapshotOf = async ({ endpoints }: Simulator): Promise<string> =>
  (await fetch(`${endpoints.control}/snapshot`)).text()

describe('a snapshot', () => {
  it('is a world that goes on as the one it was taken from, byte for byte', async () => {
    const original = await begin()
    original.advance(90 * SECOND)
    stopPrimary(original)
    original.advance(17 * SECOND)
    const file = place()
    const body = JSON.stringify({ file })
    expect((await fetch(`${original.endpoints.control}/snapshot`, { method: 'POST', body })).status).toBe(201)
    const copy = await begin({ restoreFrom: file })
    expect(copy.world.now()).toBe(original.world.now())
    original.advance(200 * SECOND)
    copy.advance(200 * SECOND)
    expect(await snapshotOf(copy)).toBe(await snapshotOf(original))
  })

  it('is left behind by an orderly close where that was asked for', async () => {
    const file = place()
    const simulator = await begin({ snapshotTo: file })
    simulator.advance(5 * SECOND)
    await simulator.close()
    expect((await begin({ restoreFrom: file })).world.now()).toBe(START + 5 * SECOND)
  })

  it('is refused with what to do: for another world, when damaged, when absent', async () => {
    const file = place()
    writeFileSync(file, await snapshotOf(await begin()))
    await expect(begin({ restoreFrom: file, world: 'no-failover' })).rejects.toThrow(
      'Start with --world warm-standby --seed 1.',
    )
    writeFileSync(file, readFileSync(file, 'utf8').slice(0, 1000))
    await expect(begin({ restoreFrom: file })).rejects.toThrow('Take another snapshot.')
    await expect(begin({ restoreFrom: `${file}.absent` })).rejects.toThrow('There is no snapshot')
  })
})

describe('the same seed', () => {
  /** The whole state after a drill, as it would be on disk. */
  const stateAfterDrill = async (seed: number, stepSeconds: number): Promise<string> => {
    const simulator = await begin({ seed })
    simulator.advance(60 * SECOND)
    stopPrimary(simulator)
    for (let at = 0; at < 240; at += stepSeconds) simulator.advance(stepSeconds * SECOND)
    return snapshotOf(simulator)
  }

  it('gives the same world byte for byte, however finely time is stepped', async () => {
    const state = await stateAfterDrill(3, 240)
    expect(await stateAfterDrill(3, 240)).toBe(state)
    expect(await stateAfterDrill(3, 1)).toBe(state)
  })

  it('is what does it: with chance that is not from the seed the comparison fails', async () => {
    expect(await stateAfterDrill(3, 240)).not.toBe(await stateAfterDrill(4, 240))
    const broken = await begin({ seed: 3 })
    broken.advance(60 * SECOND)
    broken.world.kernel.draw('boot:i-0')
    stopPrimary(broken)
    broken.advance(240 * SECOND)
    expect(await snapshotOf(broken)).not.toBe(await stateAfterDrill(3, 240))
  })
})
