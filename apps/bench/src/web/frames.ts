import { systemClock } from '@firedrill/runtime'
import type { Page } from 'playwright-core'

const WHEEL_MS = 16

/** Frames a second that the page drew while somebody turned the wheel over the timeline, zooming in and out or moving along. */
export async function framesWhile(page: Page, what: 'zoom' | 'pan', forMs: number): Promise<number> {
  const board = await page.locator('.tl-lanes').boundingBox()
  if (board === null) throw new Error('the page has no lanes')
  const session = await page.context().newCDPSession(page)
  await page.mouse.move(board.x + board.width * 0.6, board.y + board.height / 2)
  await page.evaluate(`(() => {
    const times = (globalThis.frameTimes = [])
    const each = (at) => (times.push(at), requestAnimationFrame(each))
    requestAnimationFrame(each)
  })()`)
  const turns: Promise<unknown>[] = []
  const until = systemClock.monotonicMs() + forMs
  for (let n = 0; systemClock.monotonicMs() < until; n++) {
    const isBack = Math.floor(n / 40) % 2 === 1
    turns.push(
      session.send('Input.dispatchMouseEvent', {
        type: 'mouseWheel',
        x: board.x + board.width * 0.6,
        y: board.y + board.height / 2,
        deltaX: what === 'pan' ? (isBack ? -40 : 40) : 0,
        deltaY: what === 'zoom' ? (isBack ? 20 : -20) : 0,
        modifiers: what === 'zoom' ? 2 : 0,
      }),
    )
    await systemClock.sleep(WHEEL_MS)
  }
  // A turn is answered once the page has dealt with it.
  await Promise.all(turns)
  const times = await page.evaluate<readonly number[]>('globalThis.frameTimes')
  await session.detach()
  return ((times.length - 1) * 1000) / ((times.at(-1) ?? 0) - (times[0] ?? 0))
}
