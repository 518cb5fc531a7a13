import { z } from 'zod'

/** What a scenario may say about this fault. */
export const parameters = z.strictObject({
  /** Names of alarms of the step's Region, separated by commas, on which FIS ends the experiment by itself too. */
  stopAlarms: z.string().max(1280).default(''),
  /** How many healthy instances with the selector's tags have to be left when these are stopped; 0: nobody says. */
  survivorsMin: z.int().min(0).default(0),
  /** Region, by its name in the environment, in which they are counted; the step's own when empty. */
  survivorsRegion: z.string().default(''),
})
export type Parameters = z.infer<typeof parameters>

/** The alarm names in the order given. */
export function stopAlarmNames({ stopAlarms }: Parameters): readonly string[] {
  return stopAlarms.split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim()]))
}
