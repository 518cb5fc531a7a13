import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SKIPPED, startDashboard, type Dashboard } from './stub/open.ts'

let dashboard: Dashboard

describe.skipIf(SKIPPED !== '')(`a game day${SKIPPED}`, () => {
  beforeAll(async () => {
    dashboard = await startDashboard()
  })
  afterAll(() => dashboard.close())

  test('is planned, hides its blind drill from the room until the reveal, takes lines of the scribe, and is ended', async () => {
    const page = await dashboard.open('/game-days')
    await page.getByLabel('Title').fill('Autumn game day')
    await page.getByLabel('Date').fill('2026-12-01')
    await page.getByRole('button', { name: 'Plan', exact: true }).press('Enter')
    await page.getByText('instance-kill in sandbox').waitFor()
    await page.getByRole('button', { name: 'As the room sees it' }).click()
    await page.getByText('Blind drill').waitFor()
    expect(await page.getByText('instance-kill').count()).toBe(0)
    expect(await page.getByRole('button', { name: 'Reveal' }).count()).toBe(0)
    await page.getByRole('button', { name: 'As the room sees it' }).click()
    await page.getByRole('button', { name: 'Reveal' }).click()
    await page.getByText('blind, revealed').waitFor()
    await page.getByRole('button', { name: 'As the room sees it' }).click()
    await page.getByText('instance-kill in sandbox').waitFor()
    await page.getByRole('button', { name: 'As the room sees it' }).click()
    await page.getByLabel('What was said or done').fill('the pager is quiet')
    await page.keyboard.press('Enter')
    await page.getByText('the pager is quiet').waitFor()
    await page.getByLabel('What the day showed').fill('an alarm is missing')
    await page.getByRole('button', { name: 'End the game day' }).click()
    await page.getByText('an alarm is missing').waitFor()
    expect(await page.getByRole('button', { name: 'Start' }).count()).toBe(0)
    expect(dashboard.errors).toEqual([])
    await page.context().close()
  })
})
