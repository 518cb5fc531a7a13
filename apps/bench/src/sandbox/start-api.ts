import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createClient, type Client } from '@firedrill/contracts'
import { ROOT } from './start-sandbox.ts'

const API = join(ROOT, 'apps/api/src/main.ts')

/** A real API in a process of its own, and a client of it. */
export type StartedApi = Readonly<{ url: string; token: string; client: Client; stop(): Promise<void> }>

/** Starts an API on a database, on a port of its own. `env` is added to its variables. */
export async function startApi(
  databaseUrl: string,
  stateDir: string,
  env: Readonly<Record<string, string>> = {},
): Promise<StartedApi> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', API], {
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: databaseUrl,
      FIREDRILL_STATE_DIR: stateDir,
      FIREDRILL_HTTP_PORT: '0',
      FIREDRILL_LOG_LEVEL: 'error',
      FIREDRILL_PARENT: 'stdin',
      ...env,
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve)
    void exited.then(() => reject(new Error('the API ended at once')))
  })
  const { url, tokenFile } = JSON.parse(line) as { url: string; tokenFile: string }
  const token = readFileSync(tokenFile, 'utf8').trim()
  return {
    url,
    token,
    client: createClient({ baseUrl: url, token }),
    stop: async () => {
      child.kill('SIGTERM')
      await exited
    },
  }
}
