import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

/** The whole platform in processes of its own, with a directory for a test's files. */
export type Sandbox = Readonly<{
  url: string
  /** Where the sandbox keeps its state, its token among it. */
  stateDir: string
  dir: string
  /** Writes a file into `dir` and answers its path. */
  file: (name: string, text: string) => string
  /** An environment file for the simulated world of this sandbox. */
  environment: (change?: (yaml: string) => string) => string
  stop: () => Promise<void>
}>

/** Starts `npm start -- --idle` without the set-up around it. */
export async function startSandbox(): Promise<Sandbox> {
  const dir = mkdtempSync(join(tmpdir(), 'firedrill-cli-sandbox-'))
  const stateDir = join(dir, 'state')
  const base = await freePorts()
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      join(ROOT, 'apps/sandbox/src/main.ts'),
      '--idle',
      '--fresh',
      '--state',
      stateDir,
      '--port-base',
      String(base),
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const stop = async () => {
    child.kill('SIGTERM')
    await exited
    rmSync(dir, { recursive: true, force: true })
  }
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  const ready = new Promise<boolean>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      said += `${line}\n`
      if (line.includes('Ctrl-C stops it')) resolve(true)
    })
    void exited.then(() => resolve(false))
  })
  if (!(await ready)) {
    await stop()
    throw new Error(`the sandbox did not start: ${said}`)
  }
  const file = (name: string, text: string) => {
    writeFileSync(join(dir, name), text)
    return join(dir, name)
  }
  const yaml = environmentYaml(base)
  return {
    url: `http://127.0.0.1:${base}`,
    stateDir,
    dir,
    file,
    environment: (change = (text) => text) => file('environment.yaml', change(yaml)),
    stop,
  }
}

/** The library's environment with the addresses of this sandbox filled in. */
function environmentYaml(base: number): string {
  const addresses: Readonly<Record<string, string>> = {
    FIREDRILL_SANDBOX_AWS: `http://127.0.0.1:${base + 1}`,
    FIREDRILL_SANDBOX_GATEWAY: `http://127.0.0.1:${base + 8}`,
    FIREDRILL_SANDBOX_CONTROL: `http://127.0.0.1:${base + 9}`,
    FIREDRILL_SANDBOX_DNS_EU_WEST: `127.0.0.1:${base + 3}`,
    FIREDRILL_SANDBOX_DNS_EU_CENTRAL: `127.0.0.1:${base + 4}`,
    FIREDRILL_SANDBOX_DNS_US_EAST: `127.0.0.1:${base + 5}`,
  }
  return readFileSync(join(ROOT, 'scenarios/environments/sandbox.yaml'), 'utf8').replaceAll(
    /\$\{env:([A-Z_]+):-([^}]*)\}/g,
    (_, name: string, otherwise: string) => addresses[name] ?? otherwise,
  )
}

/** A base from which twelve ports in a row are free right now. */
async function freePorts(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const base = 20_000 + Math.floor(Math.random() * 2000) * 20
    const free = await Promise.all(Array.from({ length: 12 }, (_, n) => isFree(base + n)))
    if (free.every(Boolean)) return base
  }
  throw new Error('no twelve ports in a row are free')
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)))
  })
}
