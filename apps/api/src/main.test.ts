import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createClient, type Client } from '@firedrill/contracts'
import { testPostgres, type FreshDatabase } from '@firedrill/local'
import { systemClock } from '@firedrill/runtime'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'

const MAIN = new URL('./main.ts', import.meta.url).pathname
const SCENARIO = await readFile(
  new URL('../../../scenarios/dns-record-removal/scenario.yaml', import.meta.url),
  'utf8',
)
const SANDBOX = await readFile(
  new URL('../../../scenarios/environments/sandbox.yaml', import.meta.url),
  'utf8',
)
const ENVIRONMENT = SANDBOX.replace(/clock:\n.*simulator\n.*\n/, 'clock: { source: real }\n')

type Process = Readonly<{ child: ChildProcess; url: string; client: Client; token: string }>

let database: FreshDatabase
let stateDir: string
const children = new Set<ChildProcess>()

beforeAll(async () => {
  database = await (await testPostgres()).freshDatabase()
  stateDir = await mkdtemp(join(tmpdir(), 'firedrill-main-'))
})
afterEach(async () => {
  for (const child of children) await end(child, 'SIGKILL')
})
afterAll(() => rm(stateDir, { recursive: true, force: true }))

function launch(env: Readonly<Record<string, string>>): ChildProcess {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN], {
    env: {
      PATH: process.env['PATH'] ?? '',
      DATABASE_URL: database.url,
      FIREDRILL_HTTP_PORT: '0',
      FIREDRILL_STATE_DIR: stateDir,
      FIREDRILL_LOG_LEVEL: 'silent',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.add(child)
  child.once('exit', () => children.delete(child))
  return child
}

/** Starts an API process and answers once it serves. */
async function start(env: Readonly<Record<string, string>> = {}): Promise<Process> {
  const child = launch(env)
  if (child.stdout === null) throw new Error('no output')
  for await (const line of createInterface({ input: child.stdout })) {
    const { url, tokenFile } = JSON.parse(line) as { url: string; tokenFile: string }
    const token = (await readFile(tokenFile, 'utf8')).trim()
    return { child, url, token, client: createClient({ baseUrl: url, token, sleep: systemClock.sleep }) }
  }
  throw new Error(`the API did not start (exit ${child.exitCode})`)
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
  const exit = once(child, 'exit')
  child.kill(signal)
  const [code] = (await exit) as [number | null]
  return code
}

/** What a process that does not start says. */
async function refusal(
  env: Readonly<Record<string, string>>,
): Promise<Readonly<{ code: number | null; said: string }>> {
  const child = launch(env)
  let said = ''
  child.stderr?.on('data', (chunk) => {
    said += String(chunk)
  })
  const [code] = (await once(child, 'exit')) as [number | null]
  return { code, said }
}

async function book(client: Client): Promise<string> {
  await client.environments.put('sandbox', { source: ENVIRONMENT, origin: 'file' })
  await client.scenarios.put('dns-record-removal', { source: SCENARIO, origin: 'file' })
  return (await client.drills.book({ scenario: 'dns-record-removal', environment: 'sandbox' })).id
}

describe('the API as a process, on PostgreSQL', () => {
  it('makes one run of a hundred starts with one key that reach two processes at once', async () => {
    const [a, b] = await Promise.all([start(), start()])
    const drillId = await book(a.client)
    const before = (await a.client.runs.list()).length
    const answers = await Promise.all(
      Array.from({ length: 100 }, async (_, n) => {
        const { url, token } = n % 2 === 0 ? a : b
        const response = await fetch(`${url}/v1/runs`, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${token}`,
            'content-type': 'application/json',
            'idempotency-key': 'a-hundred-times',
          },
          body: JSON.stringify({ drillId, seed: 1 }),
        })
        return `${response.status} ${await response.text()}`
      }),
    )
    expect(new Set(answers).size).toBe(1)
    expect(answers[0]).toMatch(/^201 /)
    expect(await a.client.runs.list()).toHaveLength(before + 1)
  })

  it('is killed and comes back: token, session and run are still there, and a live reader misses nothing', async () => {
    let [a, b] = await Promise.all([start(), start()])
    const port = new URL(a.url).port
    const { path } = await a.client.session.createTicket()
    const link = await fetch(`${a.url}${path}`, { redirect: 'manual' })
    const cookie = link.headers.get('set-cookie')?.split(';')[0] ?? ''
    const run = await a.client.runs.start({ drillId: await book(a.client) })
    const seen: number[] = []
    const stop = new AbortController()
    const page = createClient({ baseUrl: a.url, cookie, sleep: systemClock.sleep })
    for await (const event of page.runs.follow(run.id, { signal: stop.signal })) {
      if (event.kind !== 'journal') continue
      seen.push(event.seq)
      if (event.seq === 1) await b.client.runs.note(run.id, 'before the kill')
      if (event.seq === 2) {
        await end(a.child, 'SIGKILL')
        await b.client.runs.note(run.id, 'while it was away')
        await b.client.runs.note(run.id, 'and another')
        a = await start({ FIREDRILL_HTTP_PORT: port })
      }
      if (event.seq === 4) stop.abort()
    }
    expect(seen).toEqual([1, 2, 3, 4])
    expect((await page.runs.get(run.id)).seq).toBe(4)
    const began = systemClock.monotonicMs()
    const reading = page.runs.follow(run.id)
    await reading.next()
    expect(await end(a.child, 'SIGTERM')).toBe(0)
    expect(systemClock.monotonicMs() - began).toBeLessThan(5000)
    await reading.return()
  })

  it('serves reads and aborts while the queue is away from the first moment on, and starts nothing', async () => {
    const withQueue = await start()
    const drillId = await book(withQueue.client)
    const { id } = await withQueue.client.runs.start({ drillId })
    const { client } = await start({ REDIS_URL: 'redis://127.0.0.1:1' })
    await expect(client.runs.start({ drillId })).rejects.toMatchObject({
      problem: { code: 'queue-away', status: 503 },
    })
    expect(await client.runs.abort(id, 'the queue is away')).toMatchObject({ isAborted: true })
    expect(await client.health()).toMatchObject({ state: 'degraded' })
  })

  it('says every problem of its configuration, and which port is taken', async () => {
    const wrong = await refusal({ DATABASE_URL: '', FIREDRILL_HTTP_HOST: '0.0.0.0' })
    expect(wrong.code).toBe(1)
    expect(wrong.said).toContain('DATABASE_URL is not set. Set it to')
    expect(wrong.said).toContain('FIREDRILL_HTTP_HOST: must be a loopback address')
    const { url } = await start()
    const taken = await refusal({ FIREDRILL_HTTP_PORT: new URL(url).port })
    expect(taken).toMatchObject({
      code: 1,
      said: expect.stringContaining('set FIREDRILL_HTTP_PORT to a free port'),
    })
  })
})
