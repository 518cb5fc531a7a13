import {
  DeleteAlarmsCommand,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  PutCompositeAlarmCommand,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
  type DescribeAlarmsCommandInput,
  type StateValue,
} from '@aws-sdk/client-cloudwatch'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { alarmsIn, parseRule, ruleHolds } from '../../world/alarm-expression.ts'
import { openSdkArena, type SdkArena } from '../../testing/sdk-arena.ts'

describe('a rule', () => {
  const holds = (rule: string, ...inAlarm: string[]) => {
    const parsed = parseRule(rule)
    if (parsed.kind === 'invalid') throw new Error(parsed.problem)
    return ruleHolds(parsed.expression, (alarm) => (inAlarm.includes(alarm) ? 'ALARM' : 'OK'))
  }

  it('binds NOT before AND before OR, unless parentheses say otherwise', () => {
    expect(holds('ALARM(a) OR ALARM(b) AND NOT ALARM(c)', 'a', 'c')).toBe(true)
    expect(holds('(ALARM(a) OR ALARM(b)) AND NOT ALARM(c)', 'a', 'c')).toBe(false)
    expect(holds('NOT (OK(a) AND TRUE) OR FALSE', 'a')).toBe(true)
    expect(holds('ALARM("with space") AND INSUFFICIENT_DATA(b)', 'with space')).toBe(false)
  })

  it('names its alarms once, and says what is wrong with it', () => {
    const parsed = parseRule('ALARM(a) OR OK(b) OR ALARM("a")')
    expect(parsed.kind === 'rule' && alarmsIn(parsed.expression)).toEqual(['a', 'b'])
    for (const [rule, problem] of [
      ['ALARM(a) AND', 'ends too early'],
      ['BROKEN(a)', "unexpected 'BROKEN'"],
      ['ALARM(a) ALARM(b)', "unexpected 'ALARM'"],
      ['ALARM()', 'names no alarm'],
    ])
      expect(parseRule(rule ?? '')).toMatchObject({ problem: expect.stringContaining(problem ?? '') })
  })
})

describe('a composite alarm', () => {
  let arena: SdkArena
  beforeEach(async () => {
    arena = await openSdkArena()
    for (const AlarmName of ['first', 'second'])
      await arena.cloudWatch.send(
        new PutMetricAlarmCommand({
          AlarmName,
          Namespace: 'None',
          MetricName: 'None',
          Statistic: 'Sum',
          Period: 3_600,
          EvaluationPeriods: 1,
          Threshold: 0,
          ComparisonOperator: 'GreaterThanThreshold',
          TreatMissingData: 'ignore',
        }),
      )
  })
  afterEach(() => arena.close())

  const put = (AlarmName: string, AlarmRule: string) =>
    arena.cloudWatch.send(new PutCompositeAlarmCommand({ AlarmName, AlarmRule }))
  const set = (AlarmName: string, StateValue: StateValue) =>
    arena.cloudWatch.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason: 'test' }))
  const show = async (name: string) =>
    (
      await arena.cloudWatch.send(
        new DescribeAlarmsCommand({ AlarmNames: [name], AlarmTypes: ['CompositeAlarm'] }),
      )
    ).CompositeAlarms?.[0]

  it('follows its children within seconds, through other composite alarms, and keeps a history of its own', async () => {
    await put('both', 'ALARM(first) AND ALARM(second)')
    await put('any', 'ALARM(both) OR FALSE')
    arena.advance(3)
    expect((await show('both'))?.StateValue).toBe('OK')
    await set('first', 'ALARM')
    arena.advance(5)
    expect((await show('both'))?.StateValue).toBe('OK')
    await set('second', 'ALARM')
    arena.advance(5)
    expect((await show('any'))?.StateValue).toBe('ALARM')
    const history = async (AlarmTypes?: ['CompositeAlarm']) =>
      (
        await arena.cloudWatch.send(
          new DescribeAlarmHistoryCommand({
            AlarmName: 'both',
            HistoryItemType: 'StateUpdate',
            ...(AlarmTypes && { AlarmTypes }),
          }),
        )
      ).AlarmHistoryItems ?? []
    expect(await history()).toEqual([])
    expect((await history(['CompositeAlarm'])).map(({ HistorySummary }) => HistorySummary)).toEqual([
      'Alarm updated from OK to ALARM',
      'Alarm updated from INSUFFICIENT_DATA to OK',
    ])
  })

  it('is not listed among metric alarms, and leads to its children and back', async () => {
    await put('both', 'ALARM(first) AND ALARM(second)')
    const names = async (input: DescribeAlarmsCommandInput) => {
      const answer = await arena.cloudWatch.send(new DescribeAlarmsCommand(input))
      const all = [...(answer.CompositeAlarms ?? []), ...(answer.MetricAlarms ?? [])]
      return all.map(({ AlarmName }) => AlarmName)
    }
    expect(await names({})).not.toContain('both')
    expect(await names({ ChildrenOfAlarmName: 'both' })).toEqual(['first', 'second'])
    expect(await names({ ParentsOfAlarmName: 'first', AlarmTypes: ['CompositeAlarm'] })).toEqual(['both'])
    const page = await arena.cloudWatch.send(
      new DescribeAlarmsCommand({ MaxRecords: 1, AlarmNames: ['first', 'second'] }),
    )
    expect(page.MetricAlarms).toHaveLength(1)
    expect(
      await names({ AlarmNames: ['first', 'second'], MaxRecords: 1, NextToken: page.NextToken }),
    ).toEqual(['second'])
  })

  it('refuses rules about nothing, rules about itself, and the deletion of what it depends on', async () => {
    await put('both', 'ALARM(first) AND ALARM(second)')
    await put('outer', 'ALARM(both)')
    for (const rule of ['ALARM(nobody)', 'ALARM(', 'ALARM(outer)', 'ALARM(both)'])
      await expect(put('both', rule), rule).rejects.toMatchObject({ Code: 'ValidationError' })
    const remove = (...AlarmNames: string[]) => arena.cloudWatch.send(new DeleteAlarmsCommand({ AlarmNames }))
    await expect(remove('first')).rejects.toMatchObject({ Code: 'ValidationError' })
    await expect(remove('both')).rejects.toMatchObject({ Code: 'ValidationError' })
    await expect(remove('both', 'outer')).rejects.toMatchObject({ Code: 'ValidationError' })
    await remove('outer')
    await remove('both')
    await remove('first', 'second')
    expect(await show('both')).toBeUndefined()
  })
})
