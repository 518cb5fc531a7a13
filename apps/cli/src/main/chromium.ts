import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { pathToFileURL } from 'node:url'

const PROGRAMS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]
const NAMES = ['chromium', 'chromium-browser', 'google-chrome']

/** No network whatever the page says; `--no-sandbox` because containers have no user namespaces, and the page runs nothing. */
const ARGUMENTS = [
  '--headless=new',
  '--remote-debugging-pipe',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-extensions',
  '--disable-sync',
  '--no-first-run',
  '--host-resolver-rules=MAP * ~NOTFOUND',
]

/** A program that hangs is ended after this long; a report takes a second or two. */
const DEADLINE_MS = 60_000

/** Where Chromium or Chrome is: what `FIREDRILL_CHROMIUM` says, the usual places, the PATH; undefined when nowhere. */
export function findChromium(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const said = env['FIREDRILL_CHROMIUM']
  if (said !== undefined && said !== '') return existsSync(said) ? said : undefined
  const onPath = (env['PATH'] ?? '').split(delimiter).flatMap((dir) => NAMES.map((name) => join(dir, name)))
  return [...PROGRAMS, ...onPath].find((program) => existsSync(program))
}

/**
 * Prints a page as a tagged PDF with outline and backgrounds, `footer` and the number of the page at the foot of each.
 * @throws Error when the browser ends, fails or hangs.
 */
export async function printPdf(program: string, html: string, footer: string): Promise<Uint8Array> {
  const dir = mkdtempSync(join(tmpdir(), 'firedrill-pdf-'))
  const file = join(dir, 'report.html')
  writeFileSync(file, html)
  const child = spawn(program, [...ARGUMENTS, `--user-data-dir=${join(dir, 'profile')}`], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  })
  const gone = new Promise<never>((_, reject) => {
    child.once('error', reject)
    child.once('close', (code) => reject(new Error(`${program} ended with ${code ?? 'a signal'}`)))
  })
  const late = AbortSignal.timeout(DEADLINE_MS)
  late.addEventListener('abort', () => child.kill('SIGKILL'), { once: true })
  try {
    const [, , , into, from] = child.stdio
    const browser = speak(into as Writable, from as Readable)
    const pdf = await Promise.race([print(browser, pathToFileURL(file).href, footer), gone])
    // In good order, so that none of its processes writes into the directory any more.
    void browser.ask('Browser.close', {})
    return pdf
  } catch (error) {
    child.kill('SIGKILL')
    throw error
  } finally {
    await gone.catch(() => undefined)
    await rm(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  }
}

type Browser = Readonly<{
  ask: (method: string, params: object, sessionId?: string) => Promise<Readonly<Record<string, unknown>>>
  hear: (event: string) => Promise<void>
}>
type Waiting = Readonly<{
  resolve: (result: Readonly<Record<string, unknown>>) => void
  reject: (error: Error) => void
}>
type Message = Readonly<{
  id?: number
  method?: string
  result?: Readonly<Record<string, unknown>>
  error?: Readonly<{ message: string }>
}>

async function print(browser: Browser, url: string, footer: string): Promise<Uint8Array> {
  const { targetId } = await browser.ask('Target.createTarget', { url: 'about:blank' })
  const { sessionId } = await browser.ask('Target.attachToTarget', { targetId, flatten: true })
  const ask = (method: string, params: object) => browser.ask(method, params, String(sessionId))
  await ask('Page.enable', {})
  const isLoaded = browser.hear('Page.loadEventFired')
  await ask('Page.navigate', { url })
  await isLoaded
  const { data } = await ask('Page.printToPDF', {
    printBackground: true,
    preferCSSPageSize: true,
    displayHeaderFooter: true,
    headerTemplate: '<span></span>',
    // Without a size of its own the text of a footer is too small to read.
    footerTemplate: `<div style="width:100%;margin:0 14mm;font:6.5pt monospace;display:flex;justify-content:space-between"><span>${escaped(footer)}</span><span><span class="pageNumber"></span>/<span class="totalPages"></span></span></div>`,
    generateTaggedPDF: true,
    generateDocumentOutline: true,
  })
  return Buffer.from(String(data), 'base64')
}

/** The browser's own protocol over two pipes: JSON, each message ended by a zero byte. */
function speak(into: Writable, from: Readable): Browser {
  const asked = new Map<number, Waiting>()
  const heard = new Map<string, () => void>()
  let rest = ''
  let count = 0
  // What breaks a pipe is the end of the program, which is told elsewhere.
  into.on('error', () => undefined)
  from.setEncoding('utf8')
  from.on('data', (chunk: string) => {
    const messages = (rest + chunk).split('\0')
    rest = messages.pop() ?? ''
    for (const text of messages) {
      const { id, method, result, error } = JSON.parse(text) as Message
      if (method !== undefined) heard.get(method)?.()
      const waiting = id === undefined ? undefined : asked.get(id)
      if (error === undefined) waiting?.resolve(result ?? {})
      else waiting?.reject(new Error(`the browser refused: ${error.message}`))
    }
  })
  return {
    ask: (method, params, sessionId) => {
      const id = ++count
      const about = sessionId === undefined ? {} : { sessionId }
      into.write(`${JSON.stringify({ id, method, params, ...about })}\0`)
      return new Promise((resolve, reject) => asked.set(id, { resolve, reject }))
    },
    hear: (event) => new Promise((resolve) => heard.set(event, resolve)),
  }
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
