import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { replace } from './stub/api.ts'
import { SKIPPED, startDashboard, type Dashboard } from './stub/open.ts'
import { emptyState } from './stub/server.ts'
import { UNTIL_CLOSED, UNTIL_INJECTED } from './story/script.ts'
import { abortedRun, closedRun, liveRun } from './story/told-runs.ts'

let dashboard: Dashboard

/** The told run up to a moment. */
function upTo(seconds: number) {
  return {
    ...liveRun(),
    lines: [...UNTIL_INJECTED, ...UNTIL_CLOSED].filter(({ s }) => s <= seconds),
    nowSeconds: seconds,
  }
}

describe.skipIf(SKIPPED !== '')(`a run that goes on${SKIPPED}`, () => {
  beforeAll(async () => {
    dashboard = await startDashboard()
  })
  afterAll(() => dashboard.close())
  beforeEach(() => {
    Object.assign(dashboard.stub.state, emptyState(), { runs: [liveRun(), closedRun(), abortedRun()] })
  })

  test('fills its page from preflight to the final verdict without a reload', async () => {
    replace(dashboard.stub.state, upTo(10))
    const page = await dashboard.open(`/runs/${liveRun().id}`)
    await page.getByText('6 targets, none touched').waitFor()
    replace(dashboard.stub.state, upTo(74))
    await page.getByText('6 of 6 targets broken on purpose').waitFor()
    replace(dashboard.stub.state, upTo(300))
    await page.getByText('within the objective by at least').first().waitFor()
    replace(dashboard.stub.state, upTo(415))
    await page.getByText('Nothing is left injected.').waitFor()
    expect(await page.title()).toContain('held')
    await page.context().close()
  })

  test('paused, keeps its picture and counts what waits; live again, shows it', async () => {
    const page = await dashboard.open(`/runs/${liveRun().id}`)
    await page.getByText('event 17', { exact: false }).waitFor()
    await page.keyboard.press('p')
    replace(dashboard.stub.state, upTo(292))
    await page.getByText('+6 events').waitFor()
    expect(await page.getByText('17 events, newest first').count()).toBe(1)
    await page.keyboard.press('g')
    await page.getByText('23 events, newest first').waitFor()
    await page.context().close()
  })

  test('says that it is old after five seconds of silence, on a wall too, and both catch up without a gap', async () => {
    const page = await dashboard.open(`/runs/${liveRun().id}`)
    const wall = await dashboard.open(`/wall/${liveRun().id}`, { width: 1920, height: 1080 })
    await page.locator('.live.is-live').waitFor()
    await wall.getByText('Last events, 17 in all').waitFor()
    expect(await wall.getByRole('navigation').count()).toBe(0)
    dashboard.stub.state.isSilent = true
    await page.getByText('Not live').waitFor({ timeout: 9000 })
    await wall.getByRole('alert').getByText('Not live').waitFor({ timeout: 9000 })
    replace(dashboard.stub.state, upTo(292))
    dashboard.stub.state.isSilent = false
    await page.locator('.live.is-live').waitFor({ timeout: 9000 })
    await page.getByText('23 events, newest first').waitFor()
    await wall.getByText('Last events, 23 in all').waitFor({ timeout: 9000 })
    expect(await wall.getByRole('alert').count()).toBe(0)
    await page.context().close()
    await wall.context().close()
  })

  test('its zoom and its selection are in the address, and the address brings them back', async () => {
    const page = await dashboard.open(`/runs/${closedRun().id}`)
    await page.getByText('28 events, newest first').waitFor()
    await page.keyboard.press('o')
    await page.keyboard.press('.')
    await page.getByRole('heading', { name: 'Event 1', exact: true }).waitFor()
    const address = new URL(page.url())
    expect(address.search).toMatch(/from=\d+&to=\d+&event=1|event=1&from=\d+&to=\d+/)
    const again = await dashboard.open(address.pathname + address.search)
    await again.getByRole('heading', { name: 'Event 1', exact: true }).waitFor()
    await page.context().close()
    await again.context().close()
  })

  test('the cursor on the time axis says what every probe saw, by arrow keys', async () => {
    const page = await dashboard.open(`/runs/${closedRun().id}`)
    const cursor = page.getByRole('slider', { name: 'Cursor on the time axis' })
    await cursor.focus()
    await page.keyboard.press('Home')
    for (let press = 0; press < 3; press++) await page.keyboard.press('Shift+ArrowRight')
    expect(await cursor.getAttribute('aria-valuetext')).toContain('checkout from eu-west: bad')
    await page.context().close()
  })

  test('a drill is started from its scenario by keyboard, and exactly as planned', async () => {
    const page = await dashboard.open('/scenarios/instance-kill')
    await page.getByRole('button', { name: 'Plan', exact: true }).press('Enter')
    await page.getByText('All 5 checks allow').waitFor()
    await page.getByRole('button', { name: 'Start drill' }).press('Enter')
    await page.getByRole('button', { name: 'Abort run' }).waitFor()
    const start = dashboard.stub.state.writes.find(({ path }) => path === '/v1/runs')
    expect(start?.body).toMatchObject({ drillId: 'drl_1', seed: 7, plan: { seed: 7 } })
    await page.context().close()
  })

  test('a schedule is changed where it stands, and keeps what the person did not touch', async () => {
    const page = await dashboard.open('/calendar')
    await page.getByRole('button', { name: 'Change All primary web instances stop' }).click()
    await page.getByLabel('Minute, hour, day, month, weekday').fill('0 11 * * wed')
    await page.getByText('clocks go forward').waitFor()
    await page.getByRole('button', { name: 'Change', exact: true }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    const change = dashboard.stub.state.writes.find(({ method }) => method === 'PUT')
    expect(change?.path).toBe('/v1/schedules/sch_weekly')
    expect(change?.body).toMatchObject({
      when: { kind: 'cron', expression: '0 11 * * wed', timeZone: 'Europe/Berlin' },
      missed: { policy: 'run-once-late', graceMs: 7_200_000 },
      title: 'All primary web instances stop',
      enabled: true,
    })
    await page.context().close()
  })

  test('an environment that is no sandbox can be planned and not started', async () => {
    const page = await dashboard.open('/scenarios/instance-kill')
    await page.getByLabel('Environment').selectOption('live')
    expect(await page.getByRole('button', { name: 'Start drill' }).isDisabled()).toBe(true)
    expect(await page.getByRole('button', { name: 'Plan', exact: true }).isDisabled()).toBe(false)
    await page.context().close()
  })

  test('the halt is set and lifted with a reason, and stands across every page while it is set', async () => {
    const page = await dashboard.open('/runs')
    await page.getByRole('button', { name: 'Halt: not set' }).click()
    await page.keyboard.type('incident 4711')
    await page.keyboard.press('Enter')
    await page.getByText('“incident 4711”').waitFor()
    await page.getByRole('button', { name: 'Lift the halt' }).click()
    await page.keyboard.type('over')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Halt: not set' }).waitFor()
    expect(dashboard.stub.state.writes.map(({ path }) => path)).toEqual(['/v1/halt', '/v1/halt/lift'])
    await page.context().close()
  })
})

describe.skipIf(SKIPPED !== '')(`a phone of 360 px${SKIPPED}`, () => {
  beforeAll(async () => {
    dashboard = await startDashboard()
    dashboard.stub.state.runs = [liveRun(), closedRun(), abortedRun()]
  })
  afterAll(() => dashboard.close())

  test.each([
    '/',
    '/runs',
    '/scenarios',
    '/scenarios/instance-kill',
    `/runs/${liveRun().id}`,
    `/runs/${closedRun().id}`,
  ])('shows %s without scrolling sideways', async (path) => {
    const page = await dashboard.open(path, { width: 360, height: 780, touch: true })
    if (path.startsWith('/runs/')) await page.getByText('newest first').first().waitFor()
    const beyond = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    )
    expect(beyond).toBeLessThanOrEqual(0)
    await page.context().close()
  })
})
