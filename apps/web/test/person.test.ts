import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { SKIPPED, startDashboard, type Dashboard } from './stub/open.ts'
import { TARGETS } from './story/script.ts'
import { detailOf } from './story/tell.ts'
import { emptyState } from './stub/server.ts'
import { closedRun, heldRun, liveRun, needyRun, waitingRun } from './story/told-runs.ts'

let dashboard: Dashboard

describe.skipIf(SKIPPED !== '')(`what people do to a run${SKIPPED}`, () => {
  beforeAll(async () => {
    dashboard = await startDashboard()
  })
  afterAll(() => dashboard.close())
  beforeEach(() => {
    Object.assign(dashboard.stub.state, emptyState(), {
      runs: [liveRun(), needyRun(), heldRun(), waitingRun()],
    })
  })

  const writes = () => dashboard.stub.state.writes

  test('somebody else’s change stands side by side, and is answered with a reason or not at all', async () => {
    const page = await dashboard.open(`/runs/${needyRun().id}`)
    const box = page.getByRole('region', { name: 'A person is needed' })
    for (const words of ['Before the drill', 'running', 'With our fault', 'stopped', 'Now', 'terminated'])
      expect(await box.textContent()).toContain(words)
    expect(await box.textContent()).toContain('A person was called 1 time')
    const item = box.getByRole('group', { name: 'What to do about web-1' })
    expect(await item.getByRole('button').allTextContents()).toEqual([
      'Keep theirs',
      'Restore ours',
      'It is restored',
    ])
    await item.getByRole('button', { name: 'Restore ours' }).click()
    expect(await page.getByRole('dialog').getByRole('button', { name: 'Restore ours' }).isDisabled()).toBe(
      true,
    )
    await page.keyboard.type('it was a mistake')
    await page.keyboard.press('Enter')
    await expect
      .poll(() => writes())
      .toMatchObject([
        {
          path: `/v1/runs/${needyRun().id}/resolve`,
          body: { step: 'stop-web', answer: 'restore-ours', reason: 'it was a mistake' },
        },
      ])
    await page.context().close()
  })

  test('a run is held and let go on with a reason; once it is being undone nothing offers to hold it', async () => {
    const page = await dashboard.open(`/runs/${liveRun().id}`)
    await page.getByRole('button', { name: 'Pause run' }).click()
    await page.keyboard.type('look')
    await page.keyboard.press('Enter')
    await expect.poll(() => writes().map(({ path }) => path)).toEqual([`/v1/runs/${liveRun().id}/pause`])
    await page.context().close()
    const held = await dashboard.open(`/runs/${heldRun().id}`)
    await held.getByRole('button', { name: 'Resume run' }).waitFor()
    await held.getByRole('button', { name: 'Skip' }).click()
    await held.getByRole('dialog').getByText('cannot be held').waitFor()
    await held.context().close()
    const needy = await dashboard.open(`/runs/${needyRun().id}`)
    await needy.getByRole('button', { name: 'Take over' }).waitFor()
    expect(await needy.getByRole('button', { name: /Pause run|Resume run|Skip/ }).count()).toBe(0)
    await needy.context().close()
  })

  test('a plan is approved or declined on a phone, by the hash that was looked at, with all that it would break in sight', async () => {
    const { id } = waitingRun()
    const page = await dashboard.open(`/runs/${id}`, { width: 360, height: 780, touch: true })
    const box = page.getByRole('region', { name: 'Approve this plan?' })
    const plan = detailOf(waitingRun()).planHash ?? 'none'
    const text = (await box.textContent()) ?? ''
    for (const words of [
      ...TARGETS.map(({ label }) => label),
      '1 of 2 approvals',
      '6 targets, 100 %',
      'Undo: replaced by an equivalent',
      'does not count: expired',
      'M. Okafor started it and cannot approve it',
      plan,
    ])
      expect(text).toContain(words)
    const sizes = await box
      .getByRole('button')
      .evaluateAll((all) => all.map((each) => Math.round(each.getBoundingClientRect().height)))
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(44)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
    for (const answer of ['Approve', 'Decline']) {
      await box.getByRole('button', { name: answer }).click()
      await page.getByLabel('Why (kept in the journal)').fill('seen')
      await page.getByRole('dialog').getByRole('button', { name: answer }).click()
      await page.getByRole('dialog').waitFor({ state: 'detached' })
    }
    expect(writes()).toMatchObject([
      { path: `/v1/runs/${id}/approve`, body: { plan, reason: 'seen' } },
      { path: `/v1/runs/${id}/decline`, body: { plan, reason: 'seen' } },
    ])
    await page.context().close()
    const live = await dashboard.open(`/runs/${liveRun().id}`)
    await live.getByRole('button', { name: 'Pause run' }).waitFor()
    expect(await live.getByRole('region', { name: 'Approve this plan?' }).count()).toBe(0)
    await live.context().close()
  })

  test('a report is signed off act by act, by the hash that is shown; a run that goes on has nothing to sign', async () => {
    dashboard.stub.state.runs = [closedRun(), liveRun()]
    const { id } = closedRun()
    const page = await dashboard.open(`/runs/${id}`)
    const sheet = page.getByRole('region', { name: 'Sign-off' })
    for (const act of ['Prepare', 'Review', 'Accept']) {
      await sheet.getByRole('button', { name: `${act}…` }).click()
      await page.getByLabel('Note (kept with your name)').fill('read')
      await page.getByRole('dialog').getByRole('button', { name: act }).click()
      await page.getByRole('dialog').waitFor({ state: 'detached' })
    }
    const words = (await sheet.textContent()) ?? ''
    for (const said of ['Accepted by M. Okafor', 'as only a sandbox lets them']) expect(words).toContain(said)
    expect(await sheet.getByRole('button').count()).toBe(0)
    const report = 'd5e690635dba'.padEnd(64, '0')
    expect(writes().map(({ path, body }) => [path, body])).toEqual(
      ['prepared', 'reviewed', 'accepted'].map((role) => [
        `/v1/runs/${id}/sign-off`,
        { role, report, note: 'read' },
      ]),
    )
    await page.context().close()
    const live = await dashboard.open(`/runs/${liveRun().id}`)
    await live.getByRole('heading', { name: 'Hypothesis' }).waitFor()
    expect(await live.getByRole('region', { name: 'Sign-off' }).count()).toBe(0)
    await live.context().close()
  })

  test('a finding is written down with owner and date or not at all, and done later', async () => {
    const { id } = closedRun()
    dashboard.stub.state.runs = [closedRun()]
    const page = await dashboard.open(`/runs/${id}`)
    const sheet = page.getByRole('region', { name: 'Findings' })
    await sheet.getByLabel('Gap').fill('No alarm in the standby')
    await sheet.getByLabel('Owner').fill('Ada')
    expect(await sheet.getByRole('button', { name: 'Add finding' }).isDisabled()).toBe(true)
    await sheet.getByLabel('Due').fill('2026-12-24')
    await sheet.getByLabel('Severity').selectOption('high')
    await sheet.getByRole('button', { name: 'Add finding' }).click()
    await sheet.getByRole('button', { name: 'Finding 1 is done' }).click()
    await sheet.getByRole('button', { name: 'Open finding 1 again' }).waitFor()
    const terms = { gap: 'No alarm in the standby', owner: 'Ada', due: '2026-12-24', severity: 'high' }
    expect(writes()).toMatchObject([
      { method: 'POST', path: `/v1/runs/${id}/findings`, body: terms },
      { method: 'PUT', path: `/v1/runs/${id}/findings/1`, body: { ...terms, state: 'done' } },
    ])
    await page.context().close()
  })

  test('on a phone every answer is as large as a finger, and nothing is cut off', async () => {
    const page = await dashboard.open(`/runs/${needyRun().id}`, { width: 360, height: 780, touch: true })
    const sizes = await page
      .locator('.answers .btn')
      .evaluateAll((all) => all.map((each) => Math.round(each.getBoundingClientRect().height)))
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(44)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
    await page.context().close()
  })
})
