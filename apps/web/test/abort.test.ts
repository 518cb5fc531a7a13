import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { replace } from './stub/api.ts'
import { SKIPPED, startDashboard, type Dashboard } from './stub/open.ts'
import { emptyState } from './stub/server.ts'
import { abortedEnd } from './story/script.ts'
import { closedRun, liveRun } from './story/told-runs.ts'

let dashboard: Dashboard

describe.skipIf(SKIPPED !== '')(`abort${SKIPPED}`, () => {
  beforeAll(async () => {
    dashboard = await startDashboard()
  })
  afterAll(() => dashboard.close())
  beforeEach(() => {
    Object.assign(dashboard.stub.state, emptyState(), { runs: [liveRun()] })
  })

  const aborts = () => dashboard.stub.state.writes.filter(({ path }) => path.endsWith('/abort'))
  /** The platform's describe calls see every target as before. */
  const restore = () => {
    const told = dashboard.stub.state.runs[0] ?? liveRun()
    replace(dashboard.stub.state, {
      ...told,
      lines: [...told.lines, ...abortedEnd(told.nowSeconds + 30)],
      nowSeconds: told.nowSeconds + 31,
    })
  }

  test('by keyboard alone, says what it undoes, and says restored only when it was verified', async () => {
    const page = await dashboard.open(`/runs/${liveRun().id}`)
    await page.keyboard.press('Shift+X')
    const dialog = page.getByRole('dialog')
    expect(await dialog.textContent()).toContain('stop-web ec2-stop-instances, 6 targets')
    expect(aborts()).toEqual([])
    await page.keyboard.press('Enter')
    await page.getByText('0 of 6 targets confirmed restored').waitFor()
    expect(aborts()).toHaveLength(1)
    expect(await page.getByText('Aborted and restored').count()).toBe(0)
    restore()
    await page.getByText('Aborted and restored').waitFor()
    expect(await page.getByText('6 of 6 targets described as before').count()).toBe(1)
    await page.context().close()
  })

  test('Escape means no', async () => {
    const page = await dashboard.open(`/runs/${liveRun().id}`)
    await page.keyboard.press('Shift+X')
    await page.keyboard.press('Escape')
    expect(await page.getByRole('dialog').count()).toBe(0)
    expect(aborts()).toEqual([])
    await page.context().close()
  })

  test('a reason in the field keeps its X: the shortcut does not reach into fields', async () => {
    const page = await dashboard.open(`/runs/${liveRun().id}`)
    await page.getByLabel('Note for the journal').focus()
    await page.keyboard.type('X')
    expect(await page.getByRole('dialog').count()).toBe(0)
    await page.context().close()
  })

  test('works with single keys switched off, which it does not depend on', async () => {
    const page = await dashboard.open(`/runs/${liveRun().id}`)
    await page.getByRole('button', { name: 'Single keys: on' }).click()
    await page.keyboard.press('p')
    expect(await page.getByText('Paused').count()).toBe(0)
    await page.keyboard.press('Shift+X')
    await page.getByRole('dialog').waitFor()
    await page.context().close()
  })

  test('is never covered: it keeps its place while an event is inspected and the page is paused', async () => {
    const page = await dashboard.open(`/runs/${liveRun().id}`)
    const button = page.getByRole('button', { name: 'Abort run' })
    const before = await button.boundingBox()
    await page.keyboard.press('.')
    await page.keyboard.press('p')
    await page.getByText('Paused').waitFor()
    expect(await button.boundingBox()).toEqual(before)
    await page.context().close()
  })

  test('on a phone takes a hold of 1.5 s; a touch is not enough', async () => {
    const page = await dashboard.open(`/runs/${liveRun().id}`, { width: 360, height: 780, touch: true })
    const box = await page.getByRole('button', { name: 'Hold 1.5 s to abort' }).boundingBox()
    expect(box?.height ?? 0).toBeGreaterThanOrEqual(44)
    await page.mouse.move((box?.x ?? 0) + 40, (box?.y ?? 0) + 20)
    await page.mouse.down()
    await page.mouse.up()
    expect(aborts()).toEqual([])
    await page.mouse.down()
    await page.getByText('0 of 6 targets confirmed restored').waitFor()
    expect(aborts()).toHaveLength(1)
    await page.mouse.up()
    await page.context().close()
  })

  test('a run that is over offers its report in that place, and no abort', async () => {
    dashboard.stub.state.runs = [closedRun()]
    const page = await dashboard.open(`/runs/${closedRun().id}`)
    expect(await page.getByRole('button', { name: /abort/i }).count()).toBe(0)
    expect(await page.getByRole('link', { name: 'Report', exact: true }).getAttribute('href')).toContain(
      '/report.html',
    )
    await page.context().close()
  })
})
