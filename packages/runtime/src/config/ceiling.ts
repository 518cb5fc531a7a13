import { z } from 'zod'
import { defineRoom, type Room } from './room.ts'

/** Blast radius that no scenario and no environment may exceed. Absent is no limit. */
export type CeilingConfig = Readonly<{ targetsMax?: number; percentMax?: number }>

/** `FIREDRILL_CEILING_TARGETS`, `FIREDRILL_CEILING_PERCENT`. A value that cannot be read is refused, never taken for none. */
export const ceilingRoom: Room<CeilingConfig> = defineRoom(
  {
    FIREDRILL_CEILING_TARGETS: {
      schema: z
        .string()
        .regex(/^[1-9]\d{0,8}$/, 'must be a whole number from 1')
        .optional(),
      remedy: 'Set it to the most resources any drill may touch, or leave it out for no such ceiling',
    },
    FIREDRILL_CEILING_PERCENT: {
      schema: z
        .string()
        .regex(/^\d{1,3}(\.\d{1,3})?$/, 'must be a number')
        .refine((text) => Number(text) > 0 && Number(text) <= 100, 'must lie above 0 and at most at 100')
        .optional(),
      remedy:
        'Set it to the largest share of what a selector chooses from, in percent, or leave it out for no such ceiling',
    },
  },
  ({ FIREDRILL_CEILING_TARGETS: targets, FIREDRILL_CEILING_PERCENT: percent }) => ({
    ...(targets === undefined ? {} : { targetsMax: Number(targets) }),
    ...(percent === undefined ? {} : { percentMax: Number(percent) }),
  }),
)
