import {
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  type AlarmHistoryItem,
} from '@aws-sdk/client-cloudwatch'
import { plusMs, type AlarmTransition, type Outcome, type WorldInstant } from '@firedrill/core'
import { z } from 'zod'
import { failed, read, readPages, success } from '../call.ts'
import type { Aws } from '../client.ts'
import { fromDate, toDate } from '../world-date.ts'

/** The part of a history item's JSON that says what changed. */
const historyData = z.object({
  oldState: z.object({ stateValue: z.string() }),
  newState: z.object({ stateValue: z.string() }),
})

/** State changes of an alarm, metric or composite, in [from, to), ascending. CloudWatch stamps them to the millisecond. */
export async function readAlarmHistory(
  { cloudwatch }: Aws,
  name: string,
  from: WorldInstant,
  to: WorldInstant,
  signal: AbortSignal,
): Promise<Outcome<readonly AlarmTransition[]>> {
  const operation = 'cloudwatch.DescribeAlarmHistory'
  const items = await readPages(
    (token) =>
      read(operation, signal, (options) =>
        cloudwatch.send(
          new DescribeAlarmHistoryCommand({
            AlarmName: name,
            AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
            HistoryItemType: 'StateUpdate',
            StartDate: toDate(from),
            EndDate: toDate(plusMs(to, 1)),
            ScanBy: 'TimestampAscending',
            MaxRecords: 100,
            ...(token === undefined ? {} : { NextToken: token }),
          }),
          options,
        ),
      ),
    (page) => page.AlarmHistoryItems,
    (page) => page.NextToken,
    operation,
  )
  if (!items.ok) return items
  const transitions: AlarmTransition[] = []
  for (const item of items.value) {
    const transition = transitionOf(item)
    if (transition === undefined) {
      return failed(
        'unexpected',
        operation,
        'HistoryNotUnderstood',
        `an item of ${name} has no states: ${item.HistoryData ?? ''}`,
      )
    }
    if (transition.at >= from && transition.at < to) transitions.push(transition)
  }
  return success(transitions.toSorted((a, b) => a.at - b.at))
}

function transitionOf({ Timestamp, HistoryData }: AlarmHistoryItem): AlarmTransition | undefined {
  if (Timestamp === undefined || HistoryData === undefined) return undefined
  try {
    const data = historyData.parse(JSON.parse(HistoryData))
    return { at: fromDate(Timestamp), from: data.oldState.stateValue, to: data.newState.stateValue }
  } catch {
    return undefined
  }
}

/** The state of an alarm now. An alarm that does not exist is a `not-found` failure, never OK. */
export async function readAlarmState(
  { cloudwatch }: Aws,
  name: string,
  signal: AbortSignal,
): Promise<Outcome<string>> {
  const operation = 'cloudwatch.DescribeAlarms'
  const answer = await read(operation, signal, (options) =>
    cloudwatch.send(
      new DescribeAlarmsCommand({ AlarmNames: [name], AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] }),
      options,
    ),
  )
  if (!answer.ok) return answer
  const { MetricAlarms = [], CompositeAlarms = [] } = answer.value
  const alarm = [...MetricAlarms, ...CompositeAlarms].find(({ AlarmName }) => AlarmName === name)
  return alarm?.StateValue === undefined
    ? failed('not-found', operation, 'NoSuchAlarm', `there is no alarm ${name}`)
    : success(alarm.StateValue)
}
