import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { TOLD_MONTH } from './story/calendar.ts'
import { emptyState } from './stub/server.ts'
import { SKIPPED, startDashboard, type Dashboard } from './stub/open.ts'
import { abortedRun, closedRun, heldRun, liveRun, needyRun } from './story/told-runs.ts'

let dashboard: Dashboard

/** Axe computes every colour of a page; on a busy machine that takes its time. */
const AXE_TIMEOUT_MS = 90_000
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/**
 * Looks for violations alone, and without the second page that axe opens for frames: there are none. Both cost more than the look
 * itself on a busy machine, and change nothing of what is found.
 */
function look(page: Page): AxeBuilder {
  return new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ['violations'] })
}

async function violations(builder: AxeBuilder): Promise<readonly string[]> {
  const found = await builder.analyze()
  return found.violations.map(
    ({ id, nodes }) =>
      `${id}: ${nodes.map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary ?? ''}`).join(' | ')}`,
  )
}

const STATES: readonly Readonly<{
  name: string
  path: string
  before?: () => void
  act?: (page: Page) => Promise<void>
}>[] = [
  { name: 'the overview', path: '/' },
  { name: 'an overview of nothing yet', path: '/', before: () => (dashboard.stub.state.runs = []) },
  { name: 'a wall', path: `/wall/${liveRun().id}` },
  { name: 'runs', path: '/runs' },
  { name: 'no run yet', path: '/runs', before: () => (dashboard.stub.state.runs = []) },
  { name: 'a live run with an event inspected', path: `/runs/${liveRun().id}?event=14` },
  {
    name: 'the question before an abort',
    path: `/runs/${liveRun().id}`,
    act: async (page) => {
      await page.keyboard.press('Shift+X')
      await page.getByRole('dialog').waitFor()
    },
  },
  {
    name: 'a closed run with a point in time inspected and everything unfolded',
    path: `/runs/${closedRun().id}?point=onset`,
    act: async (page) => {
      await page.getByText('restored').first().waitFor()
      await page.evaluate(() =>
        document.querySelectorAll('details').forEach((details) => (details.open = true)),
      )
    },
  },
  { name: 'an aborted run', path: `/runs/${abortedRun().id}` },
  {
    name: 'a run that needs a person, being asked why',
    path: `/runs/${needyRun().id}`,
    act: async (page) => {
      await page.getByRole('button', { name: 'Keep theirs', exact: true }).click()
      await page.getByRole('dialog').waitFor()
    },
  },
  { name: 'a held run', path: `/runs/${heldRun().id}` },
  { name: 'a month of the calendar', path: `/calendar?month=${TOLD_MONTH}` },
  {
    name: 'a drill being booked',
    path: `/calendar?month=${TOLD_MONTH}`,
    act: async (page) => {
      await page.getByRole('button', { name: 'Book a drill' }).click()
      await page.getByLabel('again and again').check()
      await page.getByText('clocks go forward').waitFor()
    },
  },
  { name: 'a game day', path: '/game-days/gmd_1' },
  { name: 'scenarios', path: '/scenarios' },
  { name: 'a scenario', path: '/scenarios/instance-kill' },
  {
    name: 'a plan that is allowed',
    path: '/scenarios/instance-kill',
    act: async (page) => {
      await page.getByRole('button', { name: 'Plan', exact: true }).click()
      await page.getByText('All 5 checks allow').waitFor()
    },
  },
  {
    name: 'a plan that is refused',
    path: '/scenarios/instance-kill',
    before: () => (dashboard.stub.state.isPlanAllowed = false),
    act: async (page) => {
      await page.getByRole('button', { name: 'Plan', exact: true }).click()
      await page.getByText('Refused by 2 of 5 checks').waitFor()
    },
  },
  { name: 'no session', path: '/runs', before: () => (dashboard.stub.state.isSignedIn = false) },
  { name: 'a run that does not exist', path: '/runs/run_nothing' },
  { name: 'an address that is no page', path: '/nowhere' },
  {
    name: 'the halt being set',
    path: '/runs',
    act: async (page) => {
      await page.getByRole('button', { name: 'Halt: not set' }).click()
      await page.getByRole('dialog').waitFor()
    },
  },
  {
    name: 'the halt set',
    path: '/runs',
    before: () => (dashboard.stub.state.halt = { set: true, reason: 'incident 4711', by: null, at: null }),
  },
]

describe.skipIf(SKIPPED !== '')(`axe finds nothing${SKIPPED}`, () => {
  beforeAll(async () => {
    dashboard = await startDashboard()
  })
  afterAll(() => dashboard.close())
  beforeEach(() => {
    Object.assign(dashboard.stub.state, emptyState(), {
      runs: [liveRun(), closedRun(), abortedRun(), needyRun(), heldRun()],
    })
  })

  test.each(STATES)(
    '$name, in both themes',
    async ({ path, before, act }) => {
      before?.()
      const page = await dashboard.open(path)
      await act?.(page)
      const light = await violations(look(page).withTags(TAGS))
      // The themes share everything but their colours.
      await page.emulateMedia({ colorScheme: 'dark' })
      const dark = await violations(look(page).withRules(['color-contrast', 'link-in-text-block']))
      await page.context().close()
      const found = [...light, ...dark.map((each) => `dark ${each}`)]
      expect(found).toEqual([])
    },
    AXE_TIMEOUT_MS,
  )

  test('and finds what is put in on purpose, so that finding nothing means something', async () => {
    const page = await dashboard.open('/runs')
    await page.evaluate(() => document.querySelector('main')?.append(document.createElement('img')))
    expect((await violations(look(page).withTags(TAGS))).join()).toContain('image-alt')
    await page.context().close()
  })

  test('no page broke the content policy or wrote an error', () => {
    expect(dashboard.errors).toEqual([])
  })
})
