import { z } from 'zod'

/** What a scenario may say about this fault. */
export const parameters = z.strictObject({
  /** Names of alarms of the step's Region, separated by commas, on which FIS ends the experiment by itself too. */
  stopAlarms: z.string().max(1280).default(''),
})
export type Parameters = z.infer<typeof parameters>

/** The alarm names in the order given. */
export function stopAlarmNames({ stopAlarms }: Parameters): readonly string[] {
  return stopAlarms.split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim()]))
}
