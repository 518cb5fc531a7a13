import type { Browser, Page } from 'playwright-core'
import { builtPage } from './built.ts'
import { findChromium, launch } from './chromium.ts'
import { startStub, type StubServer } from './server.ts'

/** How a page is opened. */
export type PageOptions = Readonly<{
  theme?: 'light' | 'dark'
  width?: number
  height?: number
  touch?: boolean
}>

/** The built dashboard in a browser, with recorded answers behind it. */
export type Dashboard = Readonly<{
  stub: StubServer
  /** Opens an address and waits until its heading stands. Errors of the page are kept. */
  open: (path: string, options?: PageOptions) => Promise<Page>
  /** What pages wrote to their console as errors, breaches of the content policy among them. */
  errors: readonly string[]
  close: () => Promise<void>
}>

/** Builds the page as production does and starts a browser. */
export async function startDashboard(): Promise<Dashboard> {
  const program = findChromium()
  if (program === undefined) throw new Error('startDashboard needs Chromium; ask findChromium first')
  const dist = await builtPage()
  const stub = await startStub(dist)
  const browser: Browser = await launch(program)
  const errors: string[] = []
  return {
    stub,
    errors,
    open: async (path, { theme = 'light', width = 1440, height = 900, touch = false } = {}) => {
      const context = await browser.newContext({
        colorScheme: theme,
        viewport: { width, height },
        hasTouch: touch,
        timezoneId: 'UTC',
        reducedMotion: 'reduce',
      })
      const page = await context.newPage()
      page.on('console', (message) => {
        // A refused request is an answer like any other; the browser logs it all the same.
        if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
          errors.push(`${path}: ${message.text()}`)
      })
      page.on('pageerror', (error) => errors.push(`${path}: ${error.message}`))
      await page.goto(stub.url + path)
      await page.locator('h1:visible').first().waitFor()
      return page
    },
    close: async () => {
      await browser.close()
      await stub.close()
    },
  }
}

/** Why browser tests do not run here, for their titles; empty when they do. */
export const SKIPPED =
  findChromium() === undefined ? ' (skipped: Chromium is not here; apt-get install chromium)' : ''
