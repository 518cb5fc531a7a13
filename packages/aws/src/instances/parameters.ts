import type { InjectStep, Outcome } from '@firedrill/core'
import { z } from 'zod'
import { failed, success } from '../call.ts'

/** What a scenario may say about every fault of instances. */
export const instanceParameters = {
  /** Names of alarms of the step's Region, separated by commas, on which FIS ends the experiment by itself too. */
  stopAlarms: z.string().max(1280).default(''),
  /** How many healthy instances that the selector means have to be left when these are hit; 0: nobody says. */
  survivorsMin: z.int().min(0).default(0),
  /** Region, by its name in the environment, in which they are counted; the step's own when empty. */
  survivorsRegion: z.string().default(''),
}

/** The schema of a fault that has these parameters and no others. */
export const plainParameters = z.strictObject(instanceParameters)

/** Reads a step's parameters by its fault's schema; the failure says what is wrong with which. */
export function readParameters<T>(schema: z.ZodType<T>, step: InjectStep): Outcome<T> {
  const read = schema.safeParse(step.parameters)
  if (read.success) return success(read.data)
  const words = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')
  return failed('invalid', `${step.fault}.plan`, 'StepUnfit', words)
}
