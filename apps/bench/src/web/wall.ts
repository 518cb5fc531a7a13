import { systemClock } from '@firedrill/runtime'
import { PERSON } from '@firedrill/testkit'
import { heapOf, type Stage } from './stage.ts'

const BATCH = 20
/** Long enough for the page to draw what came. */
const DRAW_MS = 250

/** How much more memory a wall holds after `events` events than after the first tenth of them, in MB. */
export async function wallLeak(stage: Stage, events: number): Promise<number> {
  const { waiting, stores } = stage.runs
  const context = await stage.visit({ width: 1920, height: 1080 })
  const page = await context.newPage()
  await page.goto(`${stage.api.url}/wall/${waiting}`)
  await page.getByText('in all').waitFor()
  const play = async (count: number) => {
    for (let at = 0; at < count; at += BATCH) {
      await stores.runs.append(waiting, { kind: 'open' }, PERSON, () =>
        Array.from({ length: Math.min(BATCH, count - at) }, (_, n) => ({
          type: 'note-added' as const,
          data: { text: `hour ${Math.floor((8 * at) / events)}, number ${at + n}` },
        })),
      )
      await systemClock.sleep(DRAW_MS)
    }
  }
  await play(Math.round(events / 10))
  const before = await heapOf(page)
  await play(events - Math.round(events / 10))
  const after = await heapOf(page)
  await context.close()
  return Math.max(0, after - before)
}
