import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findTool, installCommand, startPostgres } from '@firedrill/local'
import { migrate } from '@firedrill/db'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { startApi, type StartedApi } from '../sandbox/start-api.ts'
import { ROOT } from '../sandbox/start-sandbox.ts'
import { fillRuns, type BigRuns, type RunSize } from './big-run.ts'

/** The dashboard as production builds it, served by a real API over a real database, and a browser. */
export type Stage = Readonly<{
  api: StartedApi
  runs: BigRuns
  /** Where the browser's program is. */
  program: string
  /** A browser that has never been here, signed in. `url` is another way to the API, such as a proxy. */
  visit(how?: Readonly<{ url?: string; width?: number; height?: number }>): Promise<BrowserContext>
  stop(): Promise<void>
}>

/** Builds the page, fills a database, starts API and browser. @throws Error that says how to get Chromium when it is not here. */
export async function setStage(size: RunSize, say: (line: string) => void): Promise<Stage> {
  const program = findTool('chromium')
  if (program === null) throw new Error(`the page is measured in Chromium: ${installCommand('chromium')}`)
  const dir = mkdtempSync(join(tmpdir(), 'firedrill-web-bench-'))
  // PostgreSQL does not run as root: its own user has to be able to pass.
  chmodSync(dir, 0o755)
  const ends: (() => Promise<unknown>)[] = [async () => rmSync(dir, { recursive: true, force: true })]
  const stop = async () => {
    for (const end of ends.splice(0).toReversed()) await end()
  }
  try {
    say('building the page')
    const webDir = join(dir, 'page')
    buildPage(webDir)
    const postgres = await startPostgres({ dataDir: join(dir, 'postgres'), databaseUrl: null })
    ends.push(() => postgres.stop())
    await migrate(postgres.url)
    const runs = await fillRuns(postgres.url, size)
    ends.push(() => runs.close())
    say(`${size.events} events and ${size.lanes} lanes of ${size.points} samples are written`)
    const api = await startApi(postgres.url, join(dir, 'state'), { FIREDRILL_WEB_DIR: webDir })
    ends.push(() => api.stop())
    const browser = await launch(program)
    ends.push(() => browser.close())
    return { api, runs, program, visit: visitor(browser, api), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function buildPage(outDir: string): void {
  const web = join(ROOT, 'apps/web')
  const env = { ...process.env, NODE_ENV: 'production' }
  execFileSync(
    join(web, 'node_modules/.bin/vite'),
    ['build', '--outDir', outDir, '--emptyOutDir', '--logLevel', 'error'],
    { cwd: web, env, stdio: ['ignore', 'ignore', 'inherit'] },
  )
}

function launch(program: string): Promise<Browser> {
  return chromium.launch({
    executablePath: program,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      '--enable-precise-memory-info',
      '--js-flags=--expose-gc',
    ],
  })
}

function visitor(browser: Browser, api: StartedApi): Stage['visit'] {
  return async ({ url = api.url, width = 1440, height = 900 } = {}) => {
    const context = await browser.newContext({ viewport: { width, height }, timezoneId: 'UTC' })
    const { path } = await api.client.session.createTicket()
    // The session alone: the page itself is loaded by whoever measures that.
    await context.request.get(`${url}${path}`, { maxRedirects: 0 })
    return context
  }
}

/** What the page's own memory holds once everything that nobody needs is gone, in MB of 10⁶ bytes. */
export async function heapOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page)
  await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  await session.detach()
  return usedSize / 1_000_000
}
