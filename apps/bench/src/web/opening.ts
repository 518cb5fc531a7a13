import { systemClock } from '@firedrill/runtime'
import type { Page } from 'playwright-core'
import { heapOf, type Stage } from './stage.ts'

/** How long after its address was entered a run's page showed every event and every lane, in milliseconds. */
export async function openRun(page: Page, url: string, events: number, lanes: number): Promise<number> {
  const beganMs = systemClock.monotonicMs()
  await page.goto(url, { waitUntil: 'commit' })
  await Promise.all([
    page.getByText(`${events} events, newest first`).waitFor(),
    page
      .locator('.tl-row.is-lane')
      .nth(lanes - 1)
      .waitFor(),
  ])
  return systemClock.monotonicMs() - beganMs
}

/** Opens a page as often as asked, each time in a browser that was never there; answers the times, and the heap of the last. */
export async function openOften(
  stage: Stage,
  path: string,
  expected: Readonly<{ events: number; lanes: number }>,
  times: number,
): Promise<Readonly<{ tookMs: readonly number[]; heapMb: number }>> {
  const tookMs: number[] = []
  let heapMb = 0
  for (let n = 0; n < times; n++) {
    const context = await stage.visit()
    const page = await context.newPage()
    tookMs.push(await openRun(page, stage.api.url + path, expected.events, expected.lanes))
    heapMb = await heapOf(page)
    await context.close()
  }
  return { tookMs, heapMb }
}
