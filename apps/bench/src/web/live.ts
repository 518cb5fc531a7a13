import type { RunEventBody } from '@firedrill/core'
import { systemClock } from '@firedrill/runtime'
import { PERSON } from '@firedrill/testkit'
import type { Page } from 'playwright-core'
import { waitUntil } from '../sandbox/wait-until.ts'
import { openRun } from './opening.ts'
import type { Stage } from './stage.ts'

/** What a live run was like for whoever looked at it. */
export type LiveFigures = Readonly<{
  /** From the commit of an event to the frame that shows it, in milliseconds. */
  pixelMs: readonly number[]
  /** Longest time from a click or key to the next frame. */
  inpMs: number
}>

/** Commits events at a steady pace while one page and `readers` streams look on, and somebody uses the page. */
export async function watchLive(
  stage: Stage,
  size: Readonly<{ events: number; lanes: number }>,
  how: Readonly<{ readers: number; events: number; everyMs: number }>,
): Promise<LiveFigures> {
  const { live, stores } = stage.runs
  const context = await stage.visit()
  const page = await context.newPage()
  await openRun(page, `${stage.api.url}/runs/${live}`, size.events, size.lanes)
  const closing = new AbortController()
  const readers = Array.from({ length: how.readers }, () => read(stage, closing.signal, size.events))
  await page.evaluate(WATCH)
  const committed: number[] = []
  const done = use(page, how.events * how.everyMs)
  for (let n = 0; n < how.events; n++) {
    const answer = await stores.runs.append(live, { kind: 'open' }, PERSON, () => [noted(n)])
    if (!answer.ok) throw new Error(`event ${n} was not written`)
    committed.push(Date.now())
    await systemClock.sleep(how.everyMs)
  }
  await done
  const last = size.events + how.events
  const seen = await waitUntil('the last event on the page', 20_000, async () => {
    const found = await page.evaluate<Readonly<Record<string, number>>>('globalThis.seenAt')
    return found[last] === undefined ? undefined : found
  })
  const inpMs = await page.evaluate<number>('globalThis.longestMs')
  closing.abort()
  await Promise.all(readers)
  await context.close()
  const pixelMs = committed.map((at, n) => firstAtOrAfter(seen, size.events + 1 + n, last) - at)
  return { pixelMs, inpMs }
}

const noted = (n: number): RunEventBody => ({ type: 'note-added', data: { text: `seen live, number ${n}` } })

/** An event that came with later ones was first seen with them. */
function firstAtOrAfter(seen: Readonly<Record<string, number>>, seq: number, last: number): number {
  for (let at = seq; at <= last; at++) {
    const found = seen[at]
    if (found !== undefined) return found
  }
  throw new Error(`event ${seq} was never shown`)
}

/** Notes, frame by frame, which event is the newest on the page, and how long each interaction took. */
const WATCH = `(() => {
  globalThis.seenAt = {}
  globalThis.longestMs = 0
  const look = () => {
    const newest = document.querySelector('.journal tbody th button')?.firstChild?.textContent
    // What stands in the document in one frame is on the screen with the next one.
    requestAnimationFrame(() => {
      if (newest) seenAt[newest] ??= performance.timeOrigin + performance.now()
      look()
    })
  }
  look()
  new PerformanceObserver((list) => {
    for (const { duration, interactionId } of list.getEntries())
      if (interactionId > 0) globalThis.longestMs = Math.max(globalThis.longestMs, duration)
  }).observe({ type: 'event', durationThreshold: 16, buffered: false })
})()`

/** A person at the page: goes through events, zooms, moves along, sorts out problems, and looks at the whole again. */
async function use(page: Page, forMs: number): Promise<void> {
  const keys = ['.', '.', ',', '+', 'd', 'a', '-', 'f', 'o', 'Escape']
  const until = systemClock.monotonicMs() + forMs
  for (let n = 0; systemClock.monotonicMs() < until; n++) {
    if (n % 11 === 10) {
      await page.getByRole('button', { name: n % 2 === 0 ? 'Problems' : 'All', exact: true }).click()
      await page.getByRole('button', { name: 'All', exact: true }).click()
    } else await page.keyboard.press(keys[n % keys.length] ?? '.')
    await systemClock.sleep(120)
  }
}

async function read(stage: Stage, signal: AbortSignal, after: number): Promise<void> {
  for await (const event of stage.api.client.runs.follow(stage.runs.live, { after, signal }))
    if (event.kind === 'end') return
}
