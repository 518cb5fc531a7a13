import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startSimulator, type SimulatorEndpoints } from '../src/server.ts'
import { runLockstepDrill } from '../src/testing/lockstep-drill.ts'
import { SECOND } from '../src/world/model.ts'
import { askForAnswers, describeByTag } from './load.ts'

const SEED = 1
const START = Date.UTC(2026, 10, 3, 9, 0, 0) * 1000
const HOUR_SECONDS = 3600
const LOAD_SECONDS = 4
const SAME_RUNS = 20

type Figure = {
  readonly figure: string
  readonly value: number
  readonly unit: string
  readonly goal: number
  readonly better: 'higher' | 'lower'
}

const print = (figure: Figure): void => {
  const line = {
    bench: 'simulator',
    ...figure,
    value: Number(figure.value.toPrecision(4)),
    seed: SEED,
  }
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

const directory = mkdtempSync(join(tmpdir(), 'firedrill-bench-'))

/** A world that comes along, with some of its text replaced. */
const worldFile = (name: string, change: (text: string) => string): string => {
  const text = readFileSync(new URL('../worlds/warm-standby.yaml', import.meta.url), 'utf8')
  const file = join(directory, `${name}.yaml`)
  writeFileSync(file, change(text))
  return file
}

type Running = {
  readonly child: ChildProcess
  readonly endpoints: SimulatorEndpoints
  readonly readyMs: number
}

const program = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** Starts are measured as people have them: with what `npm start` builds, and after the first, which compiles it. */
const build = async (): Promise<void> => {
  const [code] = await once(
    spawn(process.execPath, [program('../tools/bundle.mjs')], { stdio: 'inherit' }),
    'exit',
  )
  if (code !== 0) throw new Error('the simulator could not be bundled')
  await stop(await start())
}

const start = async (...options: string[]): Promise<Running> => {
  const begun = performance.now()
  const child = spawn(
    process.execPath,
    [program('../start.mjs'), '--seed', String(SEED), '--no-throttling', ...options],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  let text = ''
  while (!text.includes('\n')) text += String((await once(child.stdout, 'data'))[0])
  const readyMs = performance.now() - begun
  return { child, endpoints: JSON.parse(text) as SimulatorEndpoints, readyMs }
}

const stop = async ({ child }: Running): Promise<void> => {
  child.kill('SIGTERM')
  await once(child, 'exit')
}

const measureReady = async (): Promise<void> => {
  const times: number[] = []
  for (let run = 0; run < 5; run += 1) {
    const running = await start()
    times.push(running.readyMs)
    await stop(running)
  }
  const median = times.sort((a, b) => a - b)[2] ?? 0
  print({ figure: 'ready', value: median, unit: 'ms', goal: 300, better: 'lower' })
}

/** Processor time of a process in milliseconds; on Linux only. */
const cpuMs = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * 10
}

/** Rate per second of the simulator's own processor time: what one core does when it has one to itself. */
const perCoreSecond = async (running: Running, load: () => Promise<number>): Promise<number> => {
  const pid = running.child.pid ?? 0
  await load()
  const before = cpuMs(pid)
  const count = await load()
  return (count * 1000) / Math.max(1, cpuMs(pid) - before)
}

const measureDescribe = async (): Promise<void> => {
  const world = worldFile('thousand', (text) =>
    text.replace(
      '    - name: web\n      region: eu-west-1\n',
      "    - name: few\n      region: eu-west-1\n      instances: 10\n      tags: { rare: 'yes' }\n" +
        "    - name: many\n      region: eu-west-1\n      instances: 984\n      tags: { rare: 'no' }\n" +
        '    - name: web\n      region: eu-west-1\n',
    ),
  )
  const running = await start('--world', world)
  const value = await perCoreSecond(running, () => describeByTag(running.endpoints.aws, LOAD_SECONDS))
  print({ figure: 'describe-10-of-1000', value, unit: 'requests/s', goal: 2000, better: 'higher' })
  await stop(running)
}

const measureDns = async (): Promise<void> => {
  const running = await start()
  const resolver = running.endpoints.dns.recursive[0]?.address ?? ''
  const value = await perCoreSecond(running, () => askForAnswers(resolver, LOAD_SECONDS))
  print({ figure: 'dns-answers', value, unit: 'answers/s', goal: 10_000, better: 'higher' })
  await stop(running)
}

/** Ten thousand clients, one request a second each, behind forty resolvers in each of three Regions. */
const measureClients = async (): Promise<void> => {
  const world = worldFile('clients', (text) =>
    text
      .replaceAll(/requestsPerSecond: 40/g, 'requestsPerSecond: 3333, resolvers: 40')
      .replace('requestsPerSecond: 20', 'requestsPerSecond: 3334, resolvers: 40'),
  )
  const simulator = await startSimulator({ world, seed: SEED, rate: 'manual', startAt: START })
  const begun = process.cpuUsage()
  for (let minute = 0; minute < 60; minute += 1) simulator.advance(60 * SECOND)
  const { user, system } = process.cpuUsage(begun)
  const value = (HOUR_SECONDS * 1e6) / (user + system)
  print({ figure: 'clients-10000', value, unit: 'x real time', goal: 600, better: 'higher' })
  await simulator.close()
}

const measureMemory = async (): Promise<void> => {
  const script = program('memory.ts')
  const world = worldFile('ten-thousand', (text) =>
    text.replace(
      '    - name: web\n      region: eu-west-1\n',
      '    - name: many\n      region: eu-west-1\n      instances: 9991\n    - name: web\n      region: eu-west-1\n',
    ),
  )
  const child = spawn(process.execPath, [script, world], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [text] = (await once(child.stdout, 'data')) as [Buffer]
  print({
    figure: 'memory-10000-instances-24h',
    value: Number(text.toString()),
    unit: 'MB',
    goal: 300,
    better: 'lower',
  })
}

const measureLockstep = async (): Promise<void> => {
  const { tookMs } = await runLockstepDrill({ seed: SEED, minutes: 30 })
  print({ figure: 'lockstep-30-minutes', value: tookMs / 1000, unit: 's', goal: 10, better: 'lower' })
}

/** How many of twenty drills over processes and sockets come out alike, transition for transition. */
const measureSameness = async (): Promise<void> => {
  const outcomes: string[] = []
  for (let run = 0; run < SAME_RUNS; run += 1) {
    const { transitions, seen } = await runLockstepDrill({ seed: SEED, minutes: 7 })
    outcomes.push(JSON.stringify([seen, transitions]))
  }
  const value = outcomes.filter((outcome) => outcome === outcomes[0]).length
  print({ figure: 'lockstep-same-of-20', value, unit: 'runs', goal: SAME_RUNS, better: 'higher' })
}

try {
  await build()
  await measureReady()
  await measureDescribe()
  await measureDns()
  await measureClients()
  await measureMemory()
  await measureLockstep()
  await measureSameness()
} finally {
  rmSync(directory, { recursive: true, force: true })
}
