import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { startSimulator, type Simulator, type SimulatorEndpoints } from '../server.ts'
import { SECOND, type Transition } from '../world/model.ts'

const START = 1_800_000_000 * SECOND
const directories: string[] = []
const simulators: Simulator[] = []
const children: ChildProcess[] = []

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await Promise.all(simulators.splice(0).map((simulator) => simulator.close()))
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true })
})

const temporary = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'firedrill-sim-'))
  directories.push(directory)
  return directory
}

/** What a kill leaves behind: the files as they are now, without an orderly close. The lock dies with its process. */
const copyOf = (directory: string): string => {
  const copy = temporary()
  cpSync(directory, copy, { recursive: true, filter: (path) => !path.endsWith('/lock') })
  return copy
}

const begin = async (stateDirectory: string): Promise<Simulator> => {
  const simulator = await startSimulator({ stateDirectory, rate: 'manual', startAt: START })
  simulators.push(simulator)
  return simulator
}

const history = ({ world }: Simulator): readonly Transition[] => world.kernel.transitions.all()

const stopPrimary = ({ world }: Simulator): void => {
  const ids = world.compute.inRegion('eu-west-1').map(({ id }) => id)
  world.compute.stop(ids, 'test')
  world.commit()
}

describe('a world on disk', () => {
  it('goes on after a kill as if nothing had happened: same transitions, same metrics', async () => {
    const killed = await begin(temporary())
    const directory = directories[0] ?? ''
    killed.advance(95 * SECOND)
    stopPrimary(killed)
    killed.advance(20 * SECOND)
    const copy = copyOf(directory)
    await (await begin(copy)).close()
    // The second start reads a snapshot that the first has made of journal and old snapshot.
    const resumed = await begin(copy)
    expect(resumed.world.now()).toBe(killed.world.now())
    killed.advance(200 * SECOND)
    resumed.advance(200 * SECOND)
    expect(history(resumed)).toEqual(history(killed))
    expect(resumed.world.metrics.list('eu-west-1')).toEqual(killed.world.metrics.list('eu-west-1'))
    expect(resumed.world.alarms.history.all()).toEqual(killed.world.alarms.history.all())
  })

  it('forgets a torn last line and nothing else, wherever it was torn', async () => {
    const simulator = await begin(temporary())
    const directory = directories[0] ?? ''
    simulator.advance(30 * SECOND)
    const before = simulator.world.now()
    const whole = readFileSync(join(directory, 'journal.jsonl')).length
    stopPrimary(simulator)
    const length = readFileSync(join(directory, 'journal.jsonl')).length
    for (const cut of [whole + 1, whole + 40, Math.floor((whole + length) / 2), length - 1]) {
      const copy = copyOf(directory)
      truncateSync(join(copy, 'journal.jsonl'), cut)
      const resumed = await begin(copy)
      expect(resumed.world.now()).toBe(before)
      expect(resumed.world.compute.inRegion('eu-west-1').every(({ state }) => state === 'running')).toBe(true)
    }
    const copy = copyOf(directory)
    const resumed = await begin(copy)
    expect(resumed.world.compute.inRegion('eu-west-1').every(({ state }) => state === 'stopping')).toBe(true)
  })

  it('is not opened as another world', async () => {
    const directory = temporary()
    await (await begin(directory)).close()
    await expect(startSimulator({ stateDirectory: directory, seed: 2 })).rejects.toThrow(
      /holds the world warm-standby \(seed 1\).*--fresh/s,
    )
  })
})

interface Ready extends SimulatorEndpoints {
  readonly ready: true
}

const startProcess = async (directory: string): Promise<{ child: ChildProcess; ready: Ready }> => {
  const main = fileURLToPath(new URL('../main.ts', import.meta.url))
  const child = spawn(process.execPath, [main, '--rate', '30', '--state', directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  let text = ''
  while (!text.includes('\n')) text += String((await once(child.stdout, 'data'))[0])
  return { child, ready: JSON.parse(text) as Ready }
}

const getJson = async <T>(url: string): Promise<T> => (await (await fetch(url)).json()) as T

describe('a simulator process', () => {
  it('never lets world time go backwards over a SIGKILL, refuses a second owner, and closes on SIGTERM', async () => {
    const directory = temporary()
    const first = await startProcess(directory)
    await expect(startSimulator({ stateDirectory: directory })).rejects.toThrow(/in use by .* process id/)
    const { at } = await getJson<{ at: number }>(`${first.ready.control}/world`)
    first.child.kill('SIGKILL')
    await once(first.child, 'exit')
    const second = await startProcess(directory)
    const { worldAt } = await getJson<{ worldAt: number }>(`${second.ready.control}/clock`)
    expect(worldAt).toBeGreaterThanOrEqual(at)
    second.child.kill('SIGTERM')
    const [code] = (await once(second.child, 'exit')) as [number]
    expect(code).toBe(0)
  })
})
