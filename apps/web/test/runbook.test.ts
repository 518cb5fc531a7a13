import { AxeBuilder } from '@axe-core/playwright'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { byRunbook } from './story/by-runbook.ts'
import { liveRun } from './story/told-runs.ts'
import { SKIPPED, startDashboard, type Dashboard } from './stub/open.ts'
import { emptyState } from './stub/server.ts'

let dashboard: Dashboard
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
const PATH = `/runs/${byRunbook().id}`
/** Axe computes every colour of a page; on a busy machine that takes its time. */
const TIMEOUT_MS = 90_000

describe.skipIf(SKIPPED !== '')(`the runbook of a run${SKIPPED}`, () => {
  beforeAll(async () => {
    dashboard = await startDashboard()
  })
  afterAll(() => dashboard.close())
  beforeEach(() => {
    Object.assign(dashboard.stub.state, emptyState(), { runs: [byRunbook(), liveRun()] })
  })
  const writes = () => dashboard.stub.state.writes

  test('shows who is at which step and for how long, unfolds the one that is next, and is a line of the timeline', async () => {
    const page = await dashboard.open(PATH)
    const box = page.getByRole('region', { name: 'Bring the standby Region up' })
    const now = box.locator('[aria-current=step]')
    expect(await now.locator('summary').innerText()).toMatch(/Scale the standby out.*P\. Novák is at it/s)
    expect(await now.locator('summary').innerText()).toMatch(/of 30 s/)
    expect(await now.locator('.prose strong').innerText()).toBe('gone')
    // HTML in a runbook is text.
    expect(await box.locator('img').count()).toBe(0)
    await page.locator('.board').getByText('1 of 4 steps').waitFor()
    await page.context().close()
    const other = await dashboard.open(`/runs/${liveRun().id}`)
    expect(await other.locator('.runbook').count()).toBe(0)
    await other.context().close()
  })

  test('by keyboard alone: a note, done; left out only with a reason; an abort only after a question', async () => {
    const page = await dashboard.open(PATH)
    const acts = page.getByRole('group', { name: 'What to say of step Scale the standby out' })
    await acts.getByLabel(/^Note/).focus()
    await page.keyboard.type('six asked for')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    const runbook = `/v1${PATH}/runbook`
    await expect
      .poll(() => writes())
      .toMatchObject([{ path: `${runbook}/scale-out/done`, body: { note: 'six asked for' } }])
    await page.getByText('3. See customers served').focus()
    await page.locator('summary', { hasText: 'See customers served' }).press('Enter')
    await page
      .getByRole('group', { name: /See customers served/ })
      .getByRole('button', { name: 'Skip' })
      .press('Enter')
    expect(await page.getByRole('dialog').getByRole('button', { name: 'Leave out' }).isDisabled()).toBe(true)
    await page.keyboard.press('Escape')
    await page.locator('summary', { hasText: 'Give up' }).press('Enter')
    await page.getByRole('button', { name: 'Begin, and abort the run' }).press('Enter')
    await page.getByRole('dialog').getByText('every fault is taken out').waitFor()
    expect(writes()).toHaveLength(1)
    await page.context().close()
  })

  test.each(['light', 'dark'] as const)(
    'breaks no rule of accessibility, %s, unfolded, also on a phone',
    async (theme) => {
      for (const width of [1440, 360]) {
        const page = await dashboard.open(PATH, { theme, width, touch: width === 360 })
        await page.locator('.runbook').waitFor()
        await page.evaluate(() =>
          document.querySelectorAll('.runbook details').forEach((one) => one.setAttribute('open', '')),
        )
        const { violations } = await new AxeBuilder({ page }).include('.runbook').withTags(TAGS).analyze()
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
        if (width === 360) {
          const box = await page.locator('.runbook').boundingBox()
          expect((box?.x ?? 0) + (box?.width ?? 999)).toBeLessThanOrEqual(360)
          const small = await page
            .locator('.runbook .acts .btn, .runbook summary')
            .evaluateAll((all) => all.filter((one) => one.getBoundingClientRect().height < 44).length)
          expect(small).toBe(0)
        }
        await page.context().close()
      }
    },
    TIMEOUT_MS,
  )

  test('is printed alone, every step unfolded', async () => {
    const page = await dashboard.open(PATH)
    await page.emulateMedia({ media: 'print' })
    await page
      .getByText('Only when customers are not served after ten minutes.')
      .waitFor({ state: 'visible' })
    expect(await page.locator('.board').isVisible()).toBe(false)
    await page.context().close()
  })
})
